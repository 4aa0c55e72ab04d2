// Finds the weights that a config freezes, and those whose learning rate has a factor.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "runner/config/diagnostics.h"
#include "runner/plan/plan.h"
#include "runner/train/model_description.h"

namespace assay::experiment {

struct WeightChoice {
  std::vector<bool> frozen;     ///< by parameter; empty: none is
  std::vector<double> factors;  ///< of the learning rate, by parameter; empty: all are 1

  /// Returns true if the parameter of this number is trained.
  bool trains(std::size_t parameter) const { return frozen.empty() || !frozen[parameter]; }
  double factor(std::size_t parameter) const { return factors.empty() ? 1.0 : factors[parameter]; }
};

/// Returns the choice that the plan makes among the model's parameters. Reports a pattern that fits
/// none of them, and a choice that leaves nothing to train. Warns of a rate for frozen weights
/// only.
WeightChoice choose_weights(const plan::Content& plan, const train::ModelDescription& model,
                            config::Diagnostics& diagnostics);

/// Returns how many numbers are trained.
std::int64_t trained_count(const WeightChoice& choice, const train::ModelDescription& model);

/// Returns lines that say what is chosen: "frozen: layer1.kernel, layer1.bias"; none if nothing is.
std::vector<std::string> choice_lines(const WeightChoice& choice,
                                      const train::ModelDescription& model);

}  // namespace assay::experiment
