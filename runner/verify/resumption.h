// Proves that a resumed run equals an uninterrupted one, for any plan.
//
// A run of the plan is trained from its beginning to its end, with a checkpoint after every step,
// and so is a second one. Then the folder of the first is copied without what came after some step,
// as if the run had been killed there, and the run is resumed in the copy. The weights and the rest
// of the state are compared after every step, the lines of logs in JSON Lines except their
// `wall_time`, and the files of pictures. This finds a component whose state the run does not know.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "runner/plugin_host/plugin_host.h"
#include "runner/run/prepared.h"
#include "runner/verify/differences.h"

namespace assay::verify {

/// Makes everything that a config's plan consists of, with these arguments after the user's own,
/// for a run in this folder. Reports a failure, and then returns nothing.
using Prepare = std::function<std::optional<run::Prepared>(
    const std::filesystem::path& folder, const std::vector<std::string>& arguments)>;

struct Proof {
  std::int64_t steps = 0;  ///< of the runs
  std::int64_t steps_of_plan = 0;
  std::int64_t steps_per_epoch = 0;
  std::vector<std::int64_t> taken_up;     ///< after these steps
  std::vector<Difference> differences;    ///< of the state, a log and a picture: the first of each
  std::vector<std::string> not_compared;  ///< sentences that say what could not be compared
  bool is_stopped = false;                ///< by a signal, so it proves nothing
};

/// Returns how many steps such runs have by default: two epochs, but at least 10 and at most 100,
/// and no more than the plan has.
std::int64_t default_steps(std::int64_t steps_of_plan, std::int64_t steps_per_epoch);

/// Returns the steps after which a run is resumed: the first, one in the middle of an epoch, and
/// the end of an epoch, as far as they lie before the last step. If there is no such step in the
/// middle of an epoch, it is one in the middle of the run.
std::vector<std::int64_t> steps_to_take_up(std::int64_t steps, std::int64_t steps_per_epoch);

/// Trains and compares, in a temporary folder. `steps`: default_steps() if absent. Stops at the
/// first step after which a resumed run differs, and resumes none if two runs from the beginning
/// differ. Returns nothing if nothing could be prepared. Throws assay::Error if a run does not end
/// by itself.
std::optional<Proof> prove_resume(const Prepare& prepare, plugin_host::PluginHost& host,
                                  std::optional<std::int64_t> steps,
                                  const std::atomic<int>& stop_signal);

}  // namespace assay::verify
