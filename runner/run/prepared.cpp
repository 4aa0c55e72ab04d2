#include "runner/run/prepared.h"

#include <chrono>
#include <utility>

#include "assay/error.h"

namespace assay::run {
namespace {

void use_kernels(const plan::Plan& plan, plugin_host::PluginHost& host,
                 config::Diagnostics& diagnostics) {
  if (!plan.kernels) return;
  try {
    host.use(*plan.kernels);
  } catch (const Error& error) {
    diagnostics.error(plan.place("kernels"), "kernels", error.what());
  }
}

void report_run_dir(const plan::Plan& plan, const RunDirError& error,
                    config::Diagnostics& diagnostics) {
  const config::Location where = plan.place("run_dir");
  diagnostics.error(where.source ? where : config::Location{plan.source, 0, 0, 0}, "run_dir",
                    error.what());
}

void check_run_dir(const plan::Plan& plan, config::Diagnostics& diagnostics) {
  if (plan.doubtful.contains("run_dir")) return;
  try {
    RunFolder::check(plan.run_dir, std::chrono::system_clock::now());
  } catch (const RunDirError& error) {
    report_run_dir(plan, error, diagnostics);
  }
}

}  // namespace

std::optional<Prepared> prepare(plan::Plan plan, plugin_host::PluginHost& host,
                                config::Diagnostics& diagnostics) {
  check_run_dir(plan, diagnostics);
  return prepare_again(std::move(plan), host, diagnostics);
}

std::optional<Prepared> prepare_again(plan::Plan plan, plugin_host::PluginHost& host,
                                      config::Diagnostics& diagnostics) {
  use_kernels(plan, host, diagnostics);
  auto experiment = experiment::make_experiment(plan, host, diagnostics);
  if (!experiment || !diagnostics.empty()) return std::nullopt;
  return Prepared{std::move(plan), std::move(*experiment)};
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
