// A plan with all that it consists of, made before anything is written.
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

/// Makes what a draft's plan consists of, for a run in a new folder. It makes no folder yet, but
/// looks whether it could; where the plan finds its run, that goes on with its kernels. Returns
/// nothing where anything is wrong: all that can be found without mending something else first is
/// reported, and so are warnings.
std::optional<Prepared> prepare(plan::Draft draft, plugin_host::PluginHost& host,
                                config::Diagnostics& diagnostics);

/// Returns true if the plan says `resume` and its folder has a run to go on with.
bool finds_its_run(const plan::Content& plan);

/// Does the same for a run that goes on in the folder that it has.
std::optional<Prepared> prepare_in_its_folder(plan::Draft draft, plugin_host::PluginHost& host,
                                              config::Diagnostics& diagnostics);

/// Makes the folder that the plan names, as of `start`. Where the config is to blame that there is
/// none, this is reported at its `run_dir`, and nothing is returned. Throws what else goes wrong.
std::optional<RunFolder> make_folder(const plan::Plan& plan,
                                     std::chrono::system_clock::time_point start,
                                     config::Diagnostics& diagnostics);

}  // namespace assay::run
