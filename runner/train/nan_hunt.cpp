#include "runner/train/nan_hunt.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "runner/data/not_finite.h"

namespace assay::train {
namespace {

// Keeps the first layer over all blocks, not the first block: each block passes all layers.
class Finder final : public BlockProbe {
 public:
  void begin_block(std::int64_t first_row) override { first_row_ = first_row; }
  void output(int layer, MatrixView<const float> values) override {
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
