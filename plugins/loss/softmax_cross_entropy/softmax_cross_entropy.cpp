// Loss `softmax_cross_entropy`: the cross-entropy of a softmax with integer classes, equal to
// optax.softmax_cross_entropy_with_integer_labels:
//
//   loss = mean over rows of  log(sum_j exp z[j]) - z[target]
//   d sum / d z[j] = exp(z[j]) / sum_i exp z[i] - (1 if j is the target, else 0)
//
// It has no options.
//
//   loss: softmax_cross_entropy
#include <algorithm>
#include <cstdint>
#include <span>
#include <string>

#include "assay/loss.h"
#include "assay/plugin.h"
#include "kernels.h"

namespace {

using namespace assay;
using softmax::CrossEntropy;

CrossEntropy kernel_for([[maybe_unused]] InstructionSet set) {
#if defined(__x86_64__)
  if (set == InstructionSet::avx512) return softmax::avx512_kernel;
  if (set == InstructionSet::avx2) return softmax::avx2_kernel;
#endif
  return softmax::generic_kernel;
}

class SoftmaxCrossEntropy final : public Loss {
 public:
  static constexpr About about = {.name = "softmax_cross_entropy",
                                  .doc = "Cross-entropy of a softmax over classes."};

  explicit SoftmaxCrossEntropy(const Host& host) : kernel_(kernel_for(host.instruction_set())) {}

  std::int64_t outputs(const Target& target) const override {
    if (target.dtype != DType::int32 || target.shape.rank() != 0 || target.classes < 1)
      throw Error(
          "softmax_cross_entropy: the targets of this dataset are values; expected classes, one "
          "for "
          "each row. Labels that were saved as float32 are values: save them as whole numbers");
    return target.classes;
  }

  LossSum evaluate(MatrixView<const float> outputs, ConstTensorView targets) const override {
    return compute(outputs, targets, {});
  }

  LossSum gradient(MatrixView<const float> outputs, ConstTensorView targets,
                   MatrixView<float> d_outputs) const override {
    return compute(outputs, targets, d_outputs);
  }

 private:
  LossSum compute(MatrixView<const float> outputs, ConstTensorView targets,
                  MatrixView<float> d_outputs) const {
    const std::span<const std::int32_t> classes = targets.values<const std::int32_t>();
    const auto outside = [&](std::int32_t c) { return c < 0 || c >= outputs.columns; };
    if (const auto found = std::ranges::find_if(classes, outside); found != classes.end())
      throw Error("softmax_cross_entropy: row " + std::to_string(found - classes.begin()) +
                  " of the block has the target " + std::to_string(*found) +
                  "; expected a class from 0 to " + std::to_string(outputs.columns - 1));
    const double sum = kernel_(outputs.data, outputs.stride, classes.data(), outputs.rows,
                               outputs.columns, d_outputs.data, d_outputs.stride);
    return {sum, static_cast<double>(outputs.rows)};
  }

  CrossEntropy kernel_;
};

}  // namespace

ASSAY_COMPONENT(SoftmaxCrossEntropy)
