// A plan with everything that its run consists of, made before anything is written.
#pragma once

#include <chrono>
#include <optional>

#include "runner/config/diagnostics.h"
#include "runner/experiment/experiment.h"
#include "runner/plan/draft.h"
#include "runner/plugin_host/plugin_host.h"
#include "runner/run/run_folder.h"

namespace assay::run {

struct Prepared {
  const plan::Plan plan;
  experiment::Experiment experiment;
};

/// Makes everything that a draft's plan consists of, for a run in a new folder. It makes no folder
/// yet, but checks whether it could; if the plan finds its run, that continues with its kernels.
/// Returns nothing if there is a problem: it reports all problems that can be found before others
/// are fixed, and warnings.
std::optional<Prepared> prepare(plan::Draft draft, plugin_host::PluginHost& host,
                                config::Diagnostics& diagnostics);

/// Returns true if the plan says `resume` and its folder has a run to continue.
bool finds_its_run(const plan::Content& plan);

/// Does the same for a run that continues in its folder.
std::optional<Prepared> prepare_in_its_folder(plan::Draft draft, plugin_host::PluginHost& host,
                                              config::Diagnostics& diagnostics);

/// Checks a draft in the same way, and returns its plan. What other drafts say as well is made once
/// for all of them (experiment/shared_parts.h).
std::optional<const plan::Plan> checked(plan::Draft draft, plugin_host::PluginHost& host,
                                        experiment::SharedParts& shared,
                                        config::Diagnostics& diagnostics);

/// Makes the folder that the plan names, as of `start`. If the config is to blame for a failure,
/// reports that at its `run_dir` and returns nothing. Throws other errors.
std::optional<RunFolder> make_folder(const plan::Plan& plan,
                                     std::chrono::system_clock::time_point start,
                                     config::Diagnostics& diagnostics);

}  // namespace assay::run
