// Metric `plugin_name`: the share of rows whose class is among the k largest outputs. If outputs
// are equal, the row's own class comes first; if it is NaN, the others do.
//
//   k   how many outputs count (default 3)
//
//   metrics:
//     top: {type: plugin_name, k: 3}
#include <algorithm>

#include "assay/error.h"
#include "assay/metric.h"
#include "assay/plugin.h"

namespace {

class PluginName final : public assay::Metric {
 public:
  static constexpr assay::About about = {.name = "plugin_name",
                                         .doc = "Share of rows whose class is among the k best."};
  struct Options {
    std::int64_t k = 3;
  };
  static constexpr auto table =
      assay::options(assay::option("k", &Options::k, "outputs that count", {.minimum = 1}));

  explicit PluginName(const Options& options) : k_(options.k) {}

  void prepare(const assay::Target& target) override {
    if (target.classes == 0) throw assay::Error("the targets are numbers; expected classes");
  }

  std::size_t state_size() const override { return 2; }  // hits, rows

  void accumulate(const assay::MetricBlock& block, std::span<double> state) const override {
    const auto classes = block.targets.values<const std::int32_t>();
    for (std::int64_t row = 0; row < block.outputs.rows; ++row) {
      const auto outputs = block.outputs.row_span(row);
      const float own = outputs[static_cast<std::size_t>(classes[static_cast<std::size_t>(row)])];
      const auto before = std::ranges::count_if(outputs, [own](float z) { return !(z <= own); });
      state[0] += before < k_ ? 1 : 0;
      state[1] += 1;
    }
  }

  void evaluate(const assay::MetricTotals& totals, std::span<double> values) const override {
    values[0] = totals.state[0] / totals.state[1];
  }

 private:
  std::int64_t k_;
};

}  // namespace

ASSAY_PLUGIN("plugin_name", "0.1.0", "MIT", PluginName)
