// Finds the parts of a plan whose behaviour in the steps so far depends on the length of the run.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runner/hooks/trigger.h"
#include "runner/plan/plan.h"
#include "runner/plugin_host/plugin_host.h"

namespace assay::run {

/// The length that a run had, the one that it gets, and how far it is trained.
struct LengthChange {
  std::int64_t former_steps = 1;
  std::int64_t steps = 1;
  std::int64_t steps_per_epoch = 1;
  std::int64_t trained = 0;  ///< steps
};

/// Returns a sentence for each schedule that has other values, and for each hook that fires at
/// other steps, within the steps that are trained. Creates the schedules once more. Hooks for the
/// end of a run are not among them: a longer run leaves out what they did.
std::vector<std::string> uses_of_length(const plan::Plan& plan, plugin_host::PluginHost& host,
                                        const LengthChange& change);

}  // namespace assay::run
