// Summarizes a plan for `assay check`: the data, the training, and when the hooks fire.
#pragma once

#include <string>

#include "runner/base/fitted.h"
#include "runner/experiment/experiment.h"
#include "runner/plan/plan.h"
#include "runner/plugin_host/plugin_host.h"

namespace assay::command_line {

/// Returns the data, training, memory, the model layer by layer, and the timetable of the hooks.
std::string overview(const plan::Plan& plan, const experiment::Experiment& experiment,
                     const plugin_host::PluginHost& host, base::Columns columns);

}  // namespace assay::command_line
