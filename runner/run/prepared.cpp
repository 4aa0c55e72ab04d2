#include "runner/run/prepared.h"

#include <chrono>
#include <utility>

#include "assay/error.h"

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

void check_run_dir(const plan::Draft& draft, config::Diagnostics& diagnostics) {
  if (draft.doubtful.contains("run_dir")) return;
  try {
    RunFolder::check(draft.run_dir, std::chrono::system_clock::now());
  } catch (const RunDirError& error) {
    report_run_dir(draft, error, diagnostics);
  }
}

}  // namespace

std::optional<Prepared> prepare(plan::Draft draft, plugin_host::PluginHost& host,
                                config::Diagnostics& diagnostics) {
  check_run_dir(draft, diagnostics);
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

std::optional<RunFolder> make_folder(const plan::Plan& plan,
                                     std::chrono::system_clock::time_point start,
                                     config::Diagnostics& diagnostics) {
  try {
    return RunFolder::create(plan.run_dir, start);
  } catch (const RunDirError& error) {
    report_run_dir(plan, error, diagnostics);
    return std::nullopt;
  }
}

}  // namespace assay::run
