// Makes the plan that `assay run` would execute from the arguments of a command.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runner/command_line/common.h"
#include "runner/config/diagnostics.h"
#include "runner/plan/plan.h"
#include "runner/run/prepared.h"

namespace assay::command_line {

/// Returns the config that is meant: the file itself, or the plan.yaml of a run folder. Throws
/// UsageError if there is none.
std::string config_of(const std::string& config_or_run_folder);

/// Returns the command that repeats the run of a run folder, for pasting into a shell. If the plan
/// has a fixed run folder, the command uses a different one.
std::string command_to_repeat(const std::string& run_folder);

/// Loads the plan, including --kernels, because other kernels change the last bits of results.
/// Reports all problems, and returns nothing if there is one.
std::optional<const plan::Plan> load_plan(const Common& common, const std::string& config,
                                          std::vector<std::string> overrides,
                                          plugin_host::PluginHost& host,
                                          config::Diagnostics& diagnostics);

/// Goes from a config to everything that exists before the first step, except the run folder
/// (run/prepared.h). Returns nothing if there is a problem; all are reported.
std::optional<run::Prepared> prepare(const Common& common, const std::string& config,
                                     std::vector<std::string> overrides,
                                     plugin_host::PluginHost& host,
                                     config::Diagnostics& diagnostics);

}  // namespace assay::command_line
