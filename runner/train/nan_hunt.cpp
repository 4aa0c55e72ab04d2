#include "runner/train/nan_hunt.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "runner/data/not_finite.h"

namespace assay::train {
namespace {

// Blocks come one after another and each passes all layers, so the finder keeps the first layer
// over all blocks, not the first block.
class Finder final : public Probe {
 public:
  void output(int layer, MatrixView<const float> values) override {
    if (layer == 0) first_row_ += std::exchange(rows_, values.rows);
    if (found && found->layer <= layer) return;
    for (std::int64_t row = 0; row < values.rows; ++row)
      for (const float value : values.row_span(row))
        if (!std::isfinite(value)) {
          found = {layer, first_row_ + row};
          return;
        }
  }

  struct Place {
    int layer;
    std::int64_t row;
  };
  std::optional<Place> found;

 private:
  std::int64_t first_row_ = 0;
  std::int64_t rows_ = 0;
};

}  // namespace

Trace find_first_not_finite(Network& network, const RowSelection& rows, std::int64_t step) {
  if (const auto found = data::find_not_finite(*rows.rows, rows.order))
    return {data::described(*found), true};
  Finder finder;
  network.observe(rows, step, finder);
  if (!finder.found) return {"all layers are finite, the loss itself is not"};
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
