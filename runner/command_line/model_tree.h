// Prints a model as a tree: its layers with shapes, its parameters with statistics of their values.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>

#include "runner/base/fitted.h"
#include "runner/train/model_description.h"

namespace assay::command_line {

/// Returns the values of a parameter by its number. They must only last until the next call, so
/// that the values in a file can be read one parameter at a time.
using ValuesOf = std::function<std::span<const float>(std::size_t parameter)>;

std::string model_tree(const std::string& name, const train::ModelDescription& model,
                       const ValuesOf& values_of, base::Columns columns);
/// Returns the layers only.
std::string model_tree(const std::string& name, const train::ModelDescription& model,
                       base::Columns columns);

}  // namespace assay::command_line
