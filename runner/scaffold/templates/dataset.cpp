// Dataset `plugin_name`: two spirals in the plane, one class each (K. Lang, M. Witbrock, Learning
// to Tell Two Spirals Apart, 1988).
//
//   rows    points on both spirals together (default 1000)
//   turns   of each spiral (default 1.5)
//   noise   how far points lie beside their spiral, as a standard deviation (default 0.02)
//   seed    seed for the noise (default 0)
//
//   dataset: {type: plugin_name, turns: 2, split: {test: 0.25}}
#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>
#include <vector>

#include "assay/dataset.h"
#include "assay/plugin.h"

namespace {

class PluginName final : public assay::Dataset {
 public:
  static constexpr assay::About about = {.name = "plugin_name", .doc = "Two spirals."};
  struct Options {
    std::int64_t rows = 1000;
    double turns = 1.5;
    double noise = 0.02;
    std::int64_t seed = 0;
  };
  static constexpr auto table = assay::options(
      assay::option("rows", &Options::rows, "points on both spirals together",
                    {.minimum = 2, .maximum = 1e7}),
      assay::option("turns", &Options::turns, "turns of each spiral", {.minimum = 0}),
      assay::option("noise", &Options::noise, "standard deviation of the points from their spiral",
                    {.minimum = 0}),
      assay::option("seed", &Options::seed, "seed for the noise", {.minimum = 0}));

  explicit PluginName(const Options& options) : rows_(options.rows) {
    std::mt19937_64 random(static_cast<std::uint64_t>(options.seed));
    std::normal_distribution<double> normal;
    const double turns = options.turns, noise = options.noise;
    for (std::int64_t row = 0; row < rows_; ++row) {
      const double radius = static_cast<double>(row / 2 + 1) / static_cast<double>((rows_ + 1) / 2);
      const double angle = std::numbers::pi * (2 * turns * radius + class_of(row));
      points_.push_back(static_cast<float>(radius * std::cos(angle) + noise * normal(random)));
      points_.push_back(static_cast<float>(radius * std::sin(angle) + noise * normal(random)));
    }
  }

  void describe(assay::DatasetDescription& description) const override {
    constexpr std::string_view names[] = {"first", "second"};
    description.samples(rows_, {2});
    description.classes(names);
  }

  void read_samples(std::span<const std::int64_t> rows,
                    assay::MatrixView<float> out) const override {
    for (std::size_t i = 0; i < rows.size(); ++i)
      std::copy_n(samples().row(rows[i]), 2, out.row(static_cast<std::int64_t>(i)));
  }

  void read_targets(std::span<const std::int64_t> rows, assay::TensorView out) const override {
    std::ranges::transform(rows, out.values<std::int32_t>().begin(), class_of);
  }

  assay::MatrixView<const float> samples() const override { return {points_.data(), rows_, 2, 2}; }

 private:
  static std::int32_t class_of(std::int64_t row) { return static_cast<std::int32_t>(row % 2); }

  std::int64_t rows_;
  std::vector<float> points_;  // [rows, 2]
};

}  // namespace

ASSAY_PLUGIN("plugin_name", "0.1.0", "MIT", PluginName)
