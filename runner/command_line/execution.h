// Runs a prepared experiment: from the empty run folder to the full one.
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

/// The beginning of a run, for its record.
struct Beginning {
  std::chrono::system_clock::time_point start;
  const std::vector<std::string>& overrides;  ///< `key=value` of the command line
  const config::Diagnostics& warnings;        ///< that were already reported
};

/// Trains, writes all results into the folder, and returns the exit code of the process. A failure
/// after the start of training, in any part, is reported and recorded, and the later parts still
/// run. Throws earlier failures; the folder is then removed.
int execute(const Common& common, Prepared prepared, const plugin_host::PluginHost& host,
            run_folder::RunFolder& folder, const Beginning& beginning, base::GitQuery& git,
            bool describe_after);

}  // namespace assay::command_line
