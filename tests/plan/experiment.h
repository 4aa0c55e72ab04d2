// Plans of small experiments, for tests.
#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>

#include "runner/config/reader.h"
#include "runner/plan/make_plan.h"
#include "tests/plan/fake_catalogue.h"

namespace assay::test {

struct Outcome {
  std::optional<plan::Plan> plan;
  std::string problems;
};

inline Outcome plan_of(const std::string& config, FakeCatalogue catalogue = {}) {
  config::Diagnostics diagnostics;
  Outcome outcome;
  const auto node = config::read_text("a.yaml", "/configs/a.yaml", config, diagnostics);
  if (node.has_value()) outcome.plan = plan::make_plan(*node, catalogue, diagnostics);
  outcome.problems = diagnostics.text(false);
  return outcome;
}

/// Returns a config with `lines` first, followed by everything required except the keys in `but`.
inline std::string experiment(const std::string& lines, const std::string& but = {}) {
  std::string config = lines + "\n";
  for (const char* line : {"dataset: digits", "model: mlp", "loss: softmax_cross_entropy",
                           "optimizer: {type: sgd, learning_rate: 0.1}", "train: {epochs: 2}"}) {
    const std::string text = line;
    if (but.find(text.substr(0, text.find(':'))) == std::string::npos) config += text + "\n";
  }
  return config;
}

/// Returns the problems of such an experiment.
inline std::string problems(const std::string& lines, const std::string& but = {}) {
  return plan_of(experiment(lines, but)).problems;
}

}  // namespace assay::test
