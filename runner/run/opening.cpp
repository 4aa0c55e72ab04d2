#include "runner/run/opening.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <utility>

#include "assay/error.h"
#include "assay/number_text.h"
#include "runner/base/digest.h"
#include "runner/plan/canonical.h"
#include "runner/run/length_use.h"
#include "runner/run/same_run.h"
#include "runner/train/lanes.h"
#include "runner/version.h"

namespace assay::run {
namespace {

// Returns true if one of the settings is the length of the run.
bool set_length(const std::vector<std::string>& settings) {
  return std::ranges::any_of(settings, [](std::string_view setting) {
    setting.remove_prefix(std::min(setting.find_first_not_of("+~"), setting.size()));
    return is_length(setting.substr(0, setting.find('='))) || setting.starts_with("train=");
  });
}

// Throws if the run is trained for more steps already.
void check_not_shorter(const std::string& folder, const RunRecord& now, const Found& found) {
  if (found.step.value_or(0) > now.total_steps)
    throw Error(fmt::format(
        "{}: this run is trained for {} already; expected at least this length, found {}", folder,
        counted(*found.step, "step"), grouped(now.total_steps)));
}

// Throws if the run is finished, and would end where it did.
void check_is_unfinished(const std::string& folder, const RunRecord& before, const RunRecord& now,
                         const Found& found) {
  if (!found.step || before.state != "finished" || !before.complete) return;
  if (before.steps < before.total_steps)
    throw Error(
        fmt::format("{}: this run ended after {} ({}), and a longer one would end there, "
                    "too",
                    folder, counted(before.steps, "step"), before.reason));
  if (now.total_steps <= before.steps)
    throw Error(
        fmt::format("{}: this run is finished after {}, so nothing is left to do; "
                    "`assay resume RUN_DIR` with more train.epochs or train.steps makes it longer",
                    folder, counted(before.steps, "step")));
}

}  // namespace

RunRecord opening_record(const plan::Plan& plan, const experiment::Experiment& experiment,
                         const plugin_host::PluginHost& host,
                         std::chrono::system_clock::time_point start) {
  const train::Lanes lanes(experiment.batches->batch_size(), experiment.network->rule());
  RunRecord record;
  record.name = plan.name;
  record.state = "running";
  record.start = start;
  record.version = ASSAY_VERSION;
  record.sdk = plugin_host::host_stamp().sdk;
  record.kernels = name_of(host.instructions());
  record.seed = plan.seed;
  record.threads = experiment.team->size();
  record.lanes = lanes.count();
  record.block_rows = lanes.block_rows();
  record.plan_digest = plan::digest(plan);
  record.total_steps = experiment.steps;
  record.plan = deciding_values(plan);
  record.data = look_at_data(experiment.data_files);
  if (experiment.initial)
    record.initial_weights = {experiment.initial->file, experiment.initial->digest};
  for (const plugin_host::FoundLibrary* library : host.opened())
    record.plugins.push_back({library->stamp.plugin, library->stamp.version, library->file.string(),
                              base::file_digest(library->file)});
  return record;
}

std::vector<std::string> check_going_on(const Candidate& run, RunRecord& now, const GoingOn& how) {
  const auto& [folder, before, prepared, host] = run;
  const std::string path = folder.path().string();
  check_not_shorter(path, now, how.found);
  std::vector<std::string> reasons =
      differences(before, now, prepared.plan, host, set_length(how.settings));
  if (how.found.step && before.total_steps != now.total_steps) {
    const LengthChange change{before.total_steps, now.total_steps,
                              prepared.experiment.batches->steps_per_epoch(), *how.found.step};
    for (const std::string& use : uses_of_length(prepared.plan, host, change))
      reasons.push_back(
          fmt::format("this would not equal a run that had this length from the start; {}", use));
  }
  if (reasons.empty() || how.force) {
    check_is_unfinished(path, before, now, how.found);
    return reasons;
  }
  if (before.altered) reasons.insert(reasons.begin(), std::string(altered_record));
  for (std::string& reason : reasons)
    reason = fmt::format("{}: {}", folder.path_of("run.json"), reason);
  reasons.back() += "; `assay resume --force` continues anyway, and records this";
  throw Refused(std::move(reasons));
}

std::string foreseen(const Prepared& prepared, plugin_host::PluginHost& host) {
  const RunFolder run = RunFolder::open(std::filesystem::absolute(prepared.plan.run_dir));
  const RunRecord before = read_record(run.folder());
  RunRecord now = opening_record(prepared.plan, prepared.experiment, host, before.start);
  if (before.state == "finished" && before.complete && before.plan_digest == now.plan_digest)
    return fmt::format("is finished after {}, so nothing is left to do",
                       counted(before.steps, "step"));
  GoingOn how{find_checkpoint(run.folder(), plan_digests(before))};
  check_going_on({run.folder(), before, prepared, host}, now, how);
  if (how.found.step) return fmt::format("goes on after step {}", grouped(*how.found.step));
  if (how.found.damaged.empty()) return "has no checkpoint yet, so it begins anew";
  std::vector<std::string> problems;
  for (const auto& [step, problem] : how.found.damaged) problems.push_back(problem);
  throw Refused(std::move(problems));
}

}  // namespace assay::run
