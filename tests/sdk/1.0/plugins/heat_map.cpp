// Renderer `heat_map`: the weights of a parameter as a table of colours, a row for each input: red
// above 0, blue below, white at 0.
//   hooks: {weights: {type: image, tag: Weights, renderer: {type: heat_map}, at_end: true}}
#include <cairo.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "assay/plugin.h"
#include "assay/renderer.h"

namespace {
class HeatMap final : public assay::Renderer {
 public:
  static constexpr assay::About about = {.name = "heat_map", .doc = "Weights as colours."};
  struct Options {
    std::string_view parameter = "layer1.kernel";
  };
  static constexpr auto table =
      assay::options(assay::option("parameter", &Options::parameter, "the parameter to draw"));
  explicit HeatMap(const Options& options) : parameter_(options.parameter) {}

  void plan(assay::RendererNeeds& needs) override {
    number_ = needs.weights(parameter_, "parameter");
  }
  assay::Size size() const override { return {400, 400}; }
  void draw(const assay::Snapshot& snapshot, cairo_t* cairo, const assay::Box& box) const override {
    const assay::ParameterView& weights = snapshot.weights[static_cast<std::size_t>(number_)];
    const auto count = static_cast<std::int64_t>(weights.values.size());
    const std::int64_t columns =
        weights.shape.rank() > 0 ? weights.shape[weights.shape.rank() - 1] : 1;
    const double width = box.width / static_cast<double>(columns);
    const double height = box.height * static_cast<double>(columns) / static_cast<double>(count);
    double most = 0;
    for (const float w : weights.values) most = std::max(most, std::fabs(double{w}));
    cairo_save(cairo);
    cairo_set_antialias(cairo, CAIRO_ANTIALIAS_NONE);
    for (std::int64_t i = 0; i < count; ++i) {
      const double w = most > 0 ? weights.values[static_cast<std::size_t>(i)] / most : 0;
      const double fade = 1 - std::fabs(w);
      cairo_set_source_rgb(cairo, w < 0 ? fade : 1, fade, w > 0 ? fade : 1);
      cairo_rectangle(cairo, box.x + width * static_cast<double>(i % columns),
                      box.y + height * static_cast<double>(i / columns), width, height);
      cairo_fill(cairo);
    }
    cairo_restore(cairo);
  }

 private:
  std::string_view parameter_;
  int number_ = 0;
};
}  // namespace
ASSAY_PLUGIN("heat_map", "0.1.0", "MIT", HeatMap)
