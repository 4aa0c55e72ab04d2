// What `assay run` says before and after training.
#pragma once

#include <filesystem>
#include <string>

#include "runner/base/folder.h"
#include "runner/command_line/fitted.h"
#include "runner/experiment/experiment.h"
#include "runner/plan/plan.h"
#include "runner/plugin_host/plugin_host.h"
#include "runner/run_folder/run_record.h"

namespace assay::command_line {

/// "digits: 1,347 train, 450 test rows of 8x8, 10 classes"
std::string data_text(const plan::Plan& plan, const experiment::Experiment& experiment);

/// Data, model and run folder, a line each, or several where the terminal is narrow.
std::string opening_lines(const plan::Plan& plan, const experiment::Experiment& experiment,
                          const plugin_host::PluginHost& host, const std::filesystem::path& folder,
                          Columns columns);

/// How it ended, the last values, the run folder as it is called now, and how to look at it. Only
/// tags are cut: paths and commands are there to be copied.
std::string closing_lines(const run_folder::RunRecord& record, const base::Folder& folder,
                          Columns columns);

}  // namespace assay::command_line
