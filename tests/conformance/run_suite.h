// Runs the suites in this process, on components that do not end it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "runner/conformance/trial.h"
#include "runner/plugin_host/cpu.h"
#include "tests/support/component.h"

namespace assay::test {

inline std::filesystem::path unsound(const std::string& name) {
  return std::filesystem::path(build_folder()) / "tests/conformance/fixtures" / (name + ".so");
}

struct Result {
  std::string subject;
  std::string check;
  conformance::StepOutcome outcome;
};

/// Runs every step for a library, together with the built-in plugins.
inline std::vector<Result> results(
    const std::filesystem::path& library, const std::vector<std::string>& settings = {},
    InstructionSet instructions = plugin_host::cpu_instruction_set()) {
  plugin_host::PluginHost host({library, std::filesystem::path(build_folder()) / "plugins"},
                               instructions);
  std::vector<Result> results;
  for (const conformance::Step& step : conformance::steps(
           library, host, settings, {std::filesystem::path(build_folder()) / "runner/picture"}))
    results.push_back({step.subject, step.check.name, conformance::attempt(step.check)});
  return results;
}

}  // namespace assay::test
