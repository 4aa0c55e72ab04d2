// A model as a tree: its layers with shapes, its parameters with what their values are like.
#pragma once

#include <string>

#include "runner/train/model_description.h"
#include "runner/train/parameter_memory.h"

namespace assay::command_line {

std::string model_tree(const std::string& name, const train::ModelDescription& model,
                       const train::ParameterMemory& weights);
/// The layers alone.
std::string model_tree(const std::string& name, const train::ModelDescription& model);

}  // namespace assay::command_line
