#include "runner/train/nan_hunt.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

namespace assay::train {
namespace {

// Blocks come one after another and each passes all layers: the first layer counts, not the first
// block.
class Finder final : public Probe {
 public:
  void output(int layer, MatrixView<const float> values) override {
    if (layer == 0) first_row_ += std::exchange(rows_, values.rows);
    if (found && found->layer <= layer) return;
    for (std::int64_t row = 0; row < values.rows; ++row)
      for (const float value : values.row_span(row))
        if (!std::isfinite(value)) {
          found = {layer, first_row_ + row, value};
          return;
        }
  }

  struct Place {
    int layer;
    std::int64_t row;
    float value;
  };
  std::optional<Place> found;

 private:
  std::int64_t first_row_ = 0;
  std::int64_t rows_ = 0;
};

}  // namespace

std::string_view kind_of(double not_finite) { return std::isnan(not_finite) ? "NaN" : "infinite"; }

std::string find_first_not_finite(Network& network, const RowSelection& rows, std::int64_t step) {
  const ModelDescription& model = network.description();
  data::Buffer scratch(static_cast<std::size_t>(model.sample.elements()) * sizeof(float));
  for (std::int64_t i = 0; i < rows.count(); ++i) {
    const std::int64_t row = rows.order.empty() ? i : rows.order[static_cast<std::size_t>(i)];
    for (const float value : rows.rows->block(row, 1, scratch.as<float>()).row_span(0))
      if (!std::isfinite(value))
        return fmt::format("first in the data: a sample value is {} (row {} of the batch)",
                           kind_of(value), i);
  }
  Finder finder;
  network.observe(rows, step, finder);
  if (finder.found) {
    const LayerInfo& layer = model.layers.at(static_cast<std::size_t>(finder.found->layer));
    std::string weights;
    for (const int p : layer.parameters) {
      const auto values = network.weights().values(static_cast<std::size_t>(p));
      const auto bad = std::ranges::find_if(values, [](float v) { return !std::isfinite(v); });
      if (bad != values.end())
        weights = fmt::format(", whose {} holds values that are {}",
                              model.parameters[static_cast<std::size_t>(p)].name, kind_of(*bad));
    }
    return fmt::format("first in the output of {} ({}), row {} of the batch: {}{}", layer.name,
                       layer.operation, finder.found->row, kind_of(finder.found->value), weights);
  }
  return "all layers are finite, the loss itself is not";
}

}  // namespace assay::train
