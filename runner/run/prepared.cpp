#include "runner/run/prepared.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <system_error>
#include <utility>

#include "assay/error.h"
#include "runner/base/atomic_file.h"
#include "runner/run/run_record.h"

namespace assay::run {
namespace {

void use_kernels(const plan::Draft& draft, plugin_host::PluginHost& host,
                 config::Diagnostics& diagnostics) {
  if (!draft.kernels) return;
  try {
    host.use(*draft.kernels);
  } catch (const Error& error) {
    diagnostics.error(draft.place("kernels"), "kernels", error.what());
  }
}

void report_run_dir(const plan::Content& plan, const RunDirError& error,
                    config::Diagnostics& diagnostics) {
  const config::Location where = plan.place("run_dir");
  diagnostics.error(where.source ? where : config::Location{plan.source, 0, 0, 0}, "run_dir",
                    error.what());
}

// Returns the folder of a plan that says `resume`, whose name has no time in it.
std::filesystem::path folder_of(const plan::Content& plan) {
  return std::filesystem::absolute(plan.run_dir);
}

// Returns true for an empty folder, or one with nothing but temporary files: a run was begun there,
// and got no further.
bool holds_no_run(const std::filesystem::path& folder) {
  std::error_code error;
  const std::filesystem::directory_iterator entries(folder, error);
  return !error && std::all_of(begin(entries), end(entries), [](const auto& entry) {
    return base::is_temporary(entry.path().filename().string());
  });
}

void check_run_dir(const plan::Draft& draft, config::Diagnostics& diagnostics) {
  if (draft.doubtful.contains("run_dir") || finds_its_run(draft)) return;
  if (draft.resume && holds_no_run(folder_of(draft))) return;
  try {
    RunFolder::check(draft.run_dir, std::chrono::system_clock::now());
  } catch (const RunDirError& error) {
    report_run_dir(draft, error, diagnostics);
  }
}

}  // namespace

bool finds_its_run(const plan::Content& plan) {
  std::error_code none;
  return plan.resume && std::filesystem::exists(folder_of(plan) / "run.json", none);
}

std::optional<Prepared> prepare(plan::Draft draft, plugin_host::PluginHost& host,
                                config::Diagnostics& diagnostics) {
  check_run_dir(draft, diagnostics);
  if (!draft.kernels && finds_its_run(draft)) {
    const RunRecord before = read_record(base::Folder(folder_of(draft)));
    if (const auto kernels = instruction_set_named(before.kernels)) host.use(*kernels);
  }
  return prepare_in_its_folder(std::move(draft), host, diagnostics);
}

std::optional<Prepared> prepare_in_its_folder(plan::Draft draft, plugin_host::PluginHost& host,
                                              config::Diagnostics& diagnostics) {
  use_kernels(draft, host, diagnostics);
  auto experiment = experiment::make_experiment(draft, host, diagnostics);
  auto plan = std::move(draft).finished();
  if (!experiment || !plan || !diagnostics.empty()) return std::nullopt;
  return Prepared{*std::move(plan), *std::move(experiment)};
}

std::optional<const plan::Plan> checked(plan::Draft draft, plugin_host::PluginHost& host,
                                        experiment::SharedParts& shared,
                                        config::Diagnostics& diagnostics) {
  use_kernels(draft, host, diagnostics);
  if (!experiment::make_experiment(draft, host, diagnostics, &shared)) return std::nullopt;
  return std::move(draft).finished();
}

std::optional<RunFolder> make_folder(const plan::Plan& plan,
                                     std::chrono::system_clock::time_point start,
                                     config::Diagnostics& diagnostics) {
  if (std::error_code ignored; plan.resume && holds_no_run(folder_of(plan)))
    std::filesystem::remove_all(folder_of(plan), ignored);
  try {
    return RunFolder::create(plan.run_dir, start);
  } catch (const RunDirError& error) {
    report_run_dir(plan, error, diagnostics);
    return std::nullopt;
  }
}

}  // namespace assay::run
