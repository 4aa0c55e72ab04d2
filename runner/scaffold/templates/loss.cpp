// Loss `plugin_name`: the mean of squared errors. Targets are numbers or classes. For classes, the
// target of a row's own class is 1 and that of the others is 0.
//
//   loss = mean over rows and outputs of  (z - t)^2
//   d sum / d z = 2 (z - t)
//
//   loss: plugin_name
#include "assay/loss.h"
#include "assay/error.h"
#include "assay/plugin.h"

namespace {

class PluginName final : public assay::Loss {
 public:
  static constexpr assay::About about = {.name = "plugin_name", .doc = "Mean squared error."};

  std::int64_t outputs(const assay::Target& target) const override {
    return target.classes > 0 ? target.classes : target.shape.elements();
  }

  assay::LossSum evaluate(assay::MatrixView<const float> outputs,
                          assay::ConstTensorView targets) const override {
    return compute(outputs, targets, {});
  }
  assay::LossSum gradient(assay::MatrixView<const float> outputs, assay::ConstTensorView targets,
                          assay::MatrixView<float> d_outputs) const override {
    return compute(outputs, targets, d_outputs);
  }

 private:
  static float expected(assay::ConstTensorView targets, std::int64_t row, std::int64_t column,
                        std::int64_t columns) {
    if (targets.dtype == assay::DType::float32)
      return targets.values<const float>()[static_cast<std::size_t>(row * columns + column)];
    const auto index = targets.values<const std::int32_t>()[static_cast<std::size_t>(row)];
    if (index < 0 || index >= columns)
      throw assay::Error("row " + std::to_string(row) + " has the class " + std::to_string(index) +
                         "; expected 0 to " + std::to_string(columns - 1));
    return index == column ? 1 : 0;
  }

  static assay::LossSum compute(assay::MatrixView<const float> outputs,
                                assay::ConstTensorView targets,
                                assay::MatrixView<float> d_outputs) {
    assay::LossSum loss;
    for (std::int64_t row = 0; row < outputs.rows; ++row)
      for (std::int64_t column = 0; column < outputs.columns; ++column) {
        const float error =
            outputs.row(row)[column] - expected(targets, row, column, outputs.columns);
        if (d_outputs.data != nullptr) d_outputs.row(row)[column] = 2 * error;
        loss.sum += double{error} * double{error};
      }
    loss.weight = static_cast<double>(outputs.rows * outputs.columns);
    return loss;
  }
};

}  // namespace

ASSAY_PLUGIN("plugin_name", "0.1.0", "MIT", PluginName)
