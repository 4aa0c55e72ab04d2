// A plan in brief, for `assay check`: what would be trained on, how, and what happens when.
#pragma once

#include <string>

#include "runner/plan/plan.h"
#include "runner/plugin_host/plugin_host.h"
#include "runner/train/experiment.h"

namespace assay::command_line {

/// Data, training, memory, the model layer by layer, and the timetable of the hooks.
std::string overview(const plan::Plan& plan, const train::Experiment& experiment,
                     const plugin_host::PluginHost& host);

}  // namespace assay::command_line
