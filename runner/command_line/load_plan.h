// From what a command was given to the plan that `assay run` would execute.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runner/command_line/common.h"
#include "runner/config/diagnostics.h"
#include "runner/experiment/experiment.h"
#include "runner/plan/plan.h"
#include "runner/run_folder/run_folder.h"

namespace assay::command_line {

/// The config that is meant: itself, or the plan.yaml of a run folder. Throws UsageError where
/// there is none.
std::string config_of(const std::string& config_or_run_folder);

/// Returns the command that repeats the run of a run folder, for pasting into a shell. Where its
/// plan names one folder to write into, the command names another one.
std::string command_to_repeat(const std::string& run_folder);

/// With --kernels as part of the plan, since other kernels give other last bits. Nothing when there
/// was any problem; all are reported.
std::optional<plan::Plan> load_plan(const Common& common, const std::string& config,
                                    std::vector<std::string> overrides,
                                    plugin_host::PluginHost& host,
                                    config::Diagnostics& diagnostics);

/// What `assay run` begins with.
struct Prepared {
  plan::Plan plan;
  experiment::Experiment experiment;
};

/// From a config to all that is there before the first step, but for the run folder, of which only
/// is looked whether it can be had. Nothing when there was any problem: all that can be found
/// without mending another first are reported, and so are warnings.
std::optional<Prepared> prepare(const Common& common, const std::string& config,
                                std::vector<std::string> overrides, plugin_host::PluginHost& host,
                                config::Diagnostics& diagnostics);

/// That the plan's run_dir cannot be had, at its place.
void report_run_dir(const plan::Plan& plan, const run_folder::RunDirError& error,
                    config::Diagnostics& diagnostics);

}  // namespace assay::command_line
