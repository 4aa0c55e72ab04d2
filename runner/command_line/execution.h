// A run of a prepared experiment: from the empty run folder to the full one.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "runner/base/git_state.h"
#include "runner/command_line/load_plan.h"
#include "runner/config/diagnostics.h"
#include "runner/plugin_host/plugin_host.h"
#include "runner/run_folder/run_folder.h"

namespace assay::command_line {

/// How a run began, for its record.
struct Beginning {
  std::chrono::system_clock::time_point start;
  const std::vector<std::string>& overrides;  ///< `key=value` of the command line
  const config::Diagnostics& warnings;        ///< that were told before
};

/// Trains, writes everything into the folder, and returns the exit code of the process. Whatever
/// goes wrong once training has begun, in whichever part, is told and recorded, and the parts after
/// it are done all the same. Throws what goes wrong before; the folder is removed then.
int execute(const Common& common, Prepared prepared, const plugin_host::PluginHost& host,
            run_folder::RunFolder& folder, const Beginning& beginning, base::GitQuery& git,
            bool describe_after);

}  // namespace assay::command_line
