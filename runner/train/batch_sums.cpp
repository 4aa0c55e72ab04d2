#include "runner/train/batch_sums.h"

#include <fmt/format.h>

#include "assay/error.h"

namespace assay::train {
namespace {

constexpr std::size_t most_sums = std::size_t{1} << 32;  // of a model; 32 GB

void check(const plugin_host::Handle<Model>& model, const std::vector<std::size_t>& sums) {
  std::size_t left = most_sums;
  for (const std::size_t numbers : sums) {
    if (numbers > left)
      throw Error(
          fmt::format("{}: it asks for more than {} sums over a batch", model.who(), most_sums));
    left -= numbers;
  }
}

}  // namespace

BatchSums::BatchSums(const plugin_host::Handle<Model>& model) {
  model.call_facet<Phases>([&](const Phases& phases) {
    const auto forward = phases.forward_sums(), backward = phases.backward_sums();
    forward_.assign(forward.begin(), forward.end());
    backward_.assign(backward.begin(), backward.end());
  });
  check(model, forward_);
  check(model, backward_);
}

void BatchSums::begin(std::int64_t lanes) {
  lanes_ = lanes;
  totals_.clear();
}

void BatchSums::begin_phase(const std::vector<std::size_t>& sums, int phase) {
  const auto index = static_cast<std::size_t>(phase);
  numbers_ = index < sums.size() ? sums[index] : 0;
  sums_.assign(static_cast<std::size_t>(lanes_) * numbers_, 0.0);
}

std::span<double> BatchSums::of_lane(std::int64_t lane) {
  return std::span(sums_).subspan(static_cast<std::size_t>(lane) * numbers_, numbers_);
}

void BatchSums::end_phase() {
  for (std::size_t i = 0; i < numbers_; ++i) {
    double total = 0;
    for (std::size_t first = 0; first < sums_.size(); first += numbers_) total += sums_[first + i];
    totals_.push_back(total);
  }
}

}  // namespace assay::train
