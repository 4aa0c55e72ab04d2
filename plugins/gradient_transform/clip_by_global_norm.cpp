// Gradient transform `clip_by_global_norm`: shortens a gradient that is too long and keeps its
// direction; equal to optax.clip_by_global_norm: g / norm * max_norm unless norm < max_norm, where
// the norm is the L2 norm over all parameters together.
//
//   max_norm   the largest norm: a number or a schedule
//
//   gradient_transforms: [{type: clip_by_global_norm, max_norm: 1}]
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include "assay/gradient_transform.h"
#include "assay/plugin.h"

namespace {

double sum_of_squares(std::span<const float> values) {
  std::array<double, 8> parts{};  // so that additions need not wait for each other
  std::size_t i = 0;
  for (; i + parts.size() <= values.size(); i += parts.size())
    for (std::size_t k = 0; k < parts.size(); ++k)
      parts[k] += double{values[i + k]} * double{values[i + k]};
  double sum = 0;
  for (; i < values.size(); ++i) sum += double{values[i]} * double{values[i]};
  for (const double part : parts) sum += part;
  return sum;
}

class ClipByGlobalNorm final : public assay::GradientTransform {
 public:
  static constexpr assay::About about = {
      .name = "clip_by_global_norm",
      .doc = "Shortens a gradient whose norm over all parameters is too large."};
  struct Options {
    assay::Rate max_norm;
  };
  static constexpr auto table = assay::options(
      assay::required("max_norm", &Options::max_norm, "the largest L2 norm of the whole gradient",
                      {.minimum = 0, .exclusive_minimum = true}));

  explicit ClipByGlobalNorm(const Options& options) : max_norm_(options.max_norm) {}

  std::size_t sums() const override { return 1; }
  void reduce(const assay::GradientSlice& slice, std::span<double> sums) const override {
    sums[0] += sum_of_squares(slice.gradient);
  }
  void begin_step(std::int64_t count, std::span<const double> totals) override {
    limit_ = static_cast<float>(max_norm_.at(count));
    norm_ = static_cast<float>(std::sqrt(totals[0]));
  }
  void apply(const assay::GradientSlice& slice) const override {
    if (norm_ < limit_) return;
    const float norm = norm_, limit = limit_;
    for (float& element : slice.gradient) element = element / norm * limit;
  }

 private:
  assay::Rate max_norm_;
  float norm_ = 0, limit_ = 0;  ///< of this step
};

}  // namespace

ASSAY_COMPONENT(ClipByGlobalNorm)
