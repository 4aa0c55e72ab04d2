#include "runner/train/nan_hunt.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>

#include "runner/base/buffer.h"
#include "runner/data/not_finite.h"

namespace assay::train {
namespace {

std::optional<std::int64_t> first_bad(std::span<const float> values) {
  const auto found = std::ranges::find_if(values, [](float v) { return !std::isfinite(v); });
  if (found == values.end()) return std::nullopt;
  return found - values.begin();
}

// Keeps the first layer over all blocks, not the first block: each block passes all layers.
class Finder final : public BlockProbe {
 public:
  void begin_block(const Pass& pass, MatrixView<const float> samples) override {
    first_row_ = pass.first_row;
    for (std::int64_t row = 0; row < samples.rows && !bad_sample; ++row)
      if (first_bad(samples.row_span(row)))
        bad_sample = {pass.mode, pass.step, pass.first_row + row};
  }
  void output(int layer, MatrixView<const float> values) override {
    if (found && found->layer <= layer) return;
    for (std::int64_t row = 0; row < values.rows; ++row)
      if (first_bad(values.row_span(row))) {
        found = {layer, first_row_ + row};
        return;
      }
  }

  struct Place {
    int layer;
    std::int64_t row;
  };
  std::optional<Place> found;
  std::optional<Transforms::Block> bad_sample;  ///< the row, as a block

 private:
  std::int64_t first_row_ = 0;
};

}  // namespace

std::optional<BadSample> find_bad_sample(const Transforms& transforms, std::size_t count,
                                         const Transforms::Block& block, const data::Rows& rows,
                                         std::int64_t position) {
  if (const auto found = data::find_not_finite(rows, {&position, 1}))
    return BadSample{data::described(*found), std::nullopt};
  const base::Buffer read(static_cast<std::size_t>(rows.sample_shape.elements()) * sizeof(float));
  Transforms::Scratch scratch = transforms.scratch(1);
  const auto sample = rows.block(position, 1, read.as<float>());
  for (std::size_t i = 0; i < count; ++i) {
    const auto values = transforms.apply(block, sample, scratch, i + 1).row_span(0);
    const auto element = first_bad(values);
    if (!element) continue;
    data::NotFinite found;
    found.row = rows.number(position);
    found.element = *element;
    found.value = values[static_cast<std::size_t>(*element)];
    found.shape = transforms.shape(i + 1);
    return BadSample{
        fmt::format("{} as {} leaves it", data::described(found), transforms.at(i).who()), i};
  }
  return std::nullopt;
}

Trace find_first_not_finite(Network& network, const RowSelection& rows, std::int64_t step) {
  if (const auto found = data::find_not_finite(*rows.rows, rows.order))
    return {data::described(*found), true};
  Finder finder;
  network.observe(rows, step, finder);
  if (finder.bad_sample) {
    const std::int64_t row = finder.bad_sample->first_row;
    const std::int64_t position =
        rows.order.empty() ? row : rows.order[static_cast<std::size_t>(row)];
    const Transforms& transforms = network.transforms();
    if (const auto bad = find_bad_sample(transforms, transforms.count(), *finder.bad_sample,
                                         *rows.rows, position))
      return {bad->text, !bad->transform, bad->transform.has_value()};
  }
  if (!finder.found) return {"all layers are finite, but the loss itself is not"};
  const ModelDescription& model = network.description();
  const LayerInfo& layer = model.layers.at(static_cast<std::size_t>(finder.found->layer));
  const std::int64_t position = rows.order.empty()
                                    ? finder.found->row
                                    : rows.order[static_cast<std::size_t>(finder.found->row)];
  std::string text =
      fmt::format("the output of {} ({}) is the first that is not finite (row {} of the dataset)",
                  layer.name, layer.operation, rows.rows->number(position));
  std::vector<std::string> bad;
  for (const int p : layer.parameters)
    if (!std::ranges::all_of(network.weights().values(static_cast<std::size_t>(p)),
                             [](float v) { return std::isfinite(v); }))
      bad.push_back(model.parameters[static_cast<std::size_t>(p)].name);
  if (!bad.empty())
    text += fmt::format("; {} {} not finite either", fmt::join(bad, " and "),
                        bad.size() == 1 ? "is" : "are");
  return {text};
}

}  // namespace assay::train
