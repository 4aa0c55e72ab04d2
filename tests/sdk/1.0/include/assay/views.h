// Views of what a run computes with, as hooks and renderers get them.
#pragma once

#include <span>
#include <string_view>

#include "assay/model.h"
#include "assay/tensor.h"

namespace assay {

/// Rows of a split.
struct RowsView {
  MatrixView<const float> samples;  ///< [rows, elements of a sample]
  ConstTensorView targets;          ///< [rows, ...]
  MatrixView<const float> outputs;  ///< [rows, n], at this step; empty unless asked for
};

/// A parameter of the model, with its weights or its gradient.
struct ParameterView {
  std::string_view name;  ///< "layer1.kernel"
  Shape shape;
  Role role = Role::other;
  std::span<const float> values;  ///< row-major
};

}  // namespace assay
