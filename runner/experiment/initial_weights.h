// Reads the weights that a model begins with from a safetensors file: a checkpoint of Assay's, or
// one that another program wrote.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "runner/config/diagnostics.h"
#include "runner/plan/plan.h"
#include "runner/state/parameter_memory.h"
#include "runner/state/registry.h"
#include "runner/train/model_description.h"

namespace assay::experiment {

struct InitialWeights {
  std::string file;
  std::string digest;                 ///< of its content
  std::size_t weights = 0;            ///< parameters that were read
  std::size_t buffers = 0;            ///< the part of the model's state that was read
  std::vector<std::string> random;    ///< parameters that the file lacks
  std::vector<std::string> left_out;  ///< tensors that the model lacks, by their names in the file
};

/// Reads the weights into `weights`. `state` has the model's buffers, as `buffers/NAME`: those that
/// the file has under this name, or as NAME, are read as well. In a checkpoint of a run, only
/// weights and buffers are considered. If something does not fit, reports it at its place in the
/// config, returns nothing and changes nothing.
std::optional<InitialWeights> read_weights(const plan::InitFromPlan& plan,
                                           const train::ModelDescription& model,
                                           state::ParameterMemory& weights,
                                           const state::Registry& state,
                                           config::Diagnostics& diagnostics);

/// Returns a line that says what was read.
std::string described(const InitialWeights& initial);

}  // namespace assay::experiment
