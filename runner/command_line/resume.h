// The steps that `assay run` and `assay resume` share.
#pragma once

#include <string>

#include "runner/base/git_state.h"
#include "runner/command_line/common.h"
#include "runner/command_line/console.h"
#include "runner/plugin_host/plugin_host.h"
#include "runner/run/prepared.h"
#include "runner/run/run.h"

namespace assay::command_line {

/// Trains a run to its end, and returns the exit code.
int train(run::Run& run, Console& console);

/// Continues the run in the folder of the plan (run::finds_its_run), and returns the exit code. A
/// run without a checkpoint begins anew; a finished one is left as it is.
int go_on(const Common& common, run::Prepared prepared, plugin_host::PluginHost& host,
          base::GitQuery& git, bool describe_after, const std::string& warnings);

}  // namespace assay::command_line
