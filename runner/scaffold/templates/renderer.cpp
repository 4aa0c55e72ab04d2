// Renderer `plugin_name`: shows how sure the model is. It draws a row of bars for each sample, and
// in it a bar for each class, as high as its probability (the softmax of the outputs). The true
// class is green.
//
//   split   which rows: train, validation, test, or all (default test)
//   rows    how many samples (default 10)
//
//   hooks:
//     sure: {type: image, tag: Sure, renderer: {type: plugin_name, rows: 5}, every: 100}
#include <cairo.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include "assay/error.h"
#include "assay/plugin.h"
#include "assay/renderer.h"

namespace {

class PluginName final : public assay::Renderer {
 public:
  static constexpr assay::About about = {.name = "plugin_name",
                                         .doc = "Bars of class probabilities."};
  struct Options {
    std::string_view split = "test";
    std::int64_t rows = 10;
  };
  static constexpr auto table = assay::options(
      assay::option("split", &Options::split, "split of the rows"),
      assay::option("rows", &Options::rows, "number of samples", {.minimum = 1, .maximum = 100}));

  explicit PluginName(const Options& options) : split_(options.split), rows_(options.rows) {}

  void plan(assay::RendererNeeds& needs) override {
    number_ = needs.outputs(split_, rows_, "split");
  }

  void check(const assay::Shape& /*sample*/, const assay::Target& target) const override {
    if (target.classes == 0) throw assay::Error("the targets are numbers; expected classes");
  }

  assay::Size size() const override { return {400, 40 * rows_}; }

  void draw(const assay::Snapshot& snapshot, cairo_t* cairo, const assay::Box& box) const override {
    const assay::RowsView& rows = snapshot.rows[static_cast<std::size_t>(number_)];
    const auto classes = rows.targets.values<const std::int32_t>();
    const double height = box.height / static_cast<double>(rows_);
    cairo_save(cairo);
    for (std::int64_t row = 0; row < rows.outputs.rows; ++row) {
      const std::vector<double> shares = softmax(rows.outputs.row_span(row));
      const double width = box.width / static_cast<double>(shares.size());
      const double bottom = box.y + static_cast<double>(row + 1) * height;
      for (std::size_t i = 0; i < shares.size(); ++i) {
        const bool own = static_cast<std::int32_t>(i) == classes[static_cast<std::size_t>(row)];
        cairo_set_source_rgb(cairo, own ? 0 : 0.6, own ? 0.5 : 0.6, own ? 0 : 0.6);
        const double bar = 0.9 * height * shares[i] + 1;  // a line where there is none
        cairo_rectangle(cairo, box.x + static_cast<double>(i) * width, bottom - bar, 0.8 * width,
                        bar);
        cairo_fill(cairo);
      }
    }
    cairo_restore(cairo);
  }

 private:
  // Returns zeros if an output is not finite.
  static std::vector<double> softmax(std::span<const float> outputs) {
    const double largest = std::ranges::max(outputs);
    std::vector<double> shares;
    double sum = 0;
    for (const float z : outputs) sum += shares.emplace_back(std::exp(double{z} - largest));
    for (double& share : shares) share = std::isfinite(sum) ? share / sum : 0;
    return shares;
  }

  std::string_view split_;
  std::int64_t rows_;
  int number_ = 0;  // of the rows in the snapshot
};

}  // namespace

ASSAY_PLUGIN("plugin_name", "0.1.0", "MIT", PluginName)
