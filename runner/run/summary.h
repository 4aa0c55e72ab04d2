// The texts that `assay run` prints before and after training.
#pragma once

#include <filesystem>
#include <string>
#include <utility>

#include "runner/base/fitted.h"
#include "runner/base/folder.h"
#include "runner/experiment/experiment.h"
#include "runner/plan/plan.h"
#include "runner/plugin_host/plugin_host.h"
#include "runner/run/run_record.h"

namespace assay::run {

/// Returns "digits: 1,347 train, 450 test rows of 8x8, 10 classes".
std::string data_text(const plan::Plan& plan, const experiment::Experiment& experiment);

/// Returns loss, gradient transforms and optimizer: "softmax_cross_entropy, clip_by_global_norm,
/// sgd".
std::string learning_text(const plan::Plan& plan);

/// Returns the best value of a run with a name for it: "best test.accuracy", "0.98 at step 120:
/// FILE".
std::pair<std::string, std::string> best_text(const Best& best);

/// Returns the data, the model and the run folder, one line each, or more on a narrow terminal.
std::string opening_lines(const plan::Plan& plan, const experiment::Experiment& experiment,
                          const plugin_host::PluginHost& host, const std::filesystem::path& folder,
                          base::Columns columns);

/// Returns how the run ended, the last values, the current path of the run folder, and how to
/// inspect it. Only tags are cut: paths and commands are for copying.
std::string closing_lines(const plan::Plan& plan, const RunRecord& record,
                          const base::Folder& folder, base::Columns columns);

}  // namespace assay::run
