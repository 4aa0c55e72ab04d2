#include "runner/command_line/load_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>

#include "assay/error.h"
#include "assay/number_text.h"
#include "runner/base/words.h"
#include "runner/batch/sweep_map.h"
#include "runner/command_line/usage_error.h"
#include "runner/config/argument.h"
#include "runner/config/mistakes/similar_file.h"
#include "runner/config/reader.h"
#include "runner/plan/load.h"

namespace assay::command_line {
namespace {

namespace fs = std::filesystem;

void check_one_says_the_kernels(std::string_view option, std::span<const std::string> overrides) {
  for (const std::string& argument : overrides) {
    const std::string_view words = argument;
    const std::string_view set = words.substr(std::min(words.find_first_not_of('+'), words.size()));
    if (set.starts_with("kernels=") && set.substr(set.find('=') + 1) != option)
      throw UsageError(
          fmt::format("--kernels {}: the argument '{}' says otherwise; leave out one of the two",
                      option, argument));
  }
}

// Reports a config that stands for several runs, with the command that runs them.
void report_sweep(const config::Node::Entry& sweep, const std::string& config,
                  const std::vector<std::string>& overrides, config::Diagnostics& diagnostics) {
  const std::size_t problems = diagnostics.size();
  const batch::Sweep all{batch::read_sweep_map(sweep.value, diagnostics), {}};
  if (diagnostics.size() > problems) return;
  std::string command = "assay batch " + base::shell_quoted(config);
  for (const std::string& argument : overrides) command += " " + base::shell_quoted(argument);
  const auto is_drawn = [](const batch::Axis& axis) { return axis.interval.has_value(); };
  const bool draws = std::ranges::any_of(all.axes, is_drawn);
  const auto count = all.combinations();
  diagnostics.error(sweep.where, sweep.key,
                    count ? fmt::format("this config stands for {}, and one is expected here",
                                        counted(*count, "run"))
                          : "this config stands for many runs, and one is expected here",
                    fmt::format("`{}{}` does them all, and --dry-run checks them; the argument "
                                "~sweep leaves one",
                                command, draws ? " --trials N" : ""));
}

std::optional<plan::Draft> load_draft(const Common& common, const std::string& config,
                                      std::vector<std::string> overrides,
                                      plugin_host::PluginHost& host,
                                      config::Diagnostics& diagnostics) {
  if (common.instructions) {
    check_one_says_the_kernels(name_of(*common.instructions), overrides);
    overrides.push_back(fmt::format("kernels={}", name_of(*common.instructions)));
  }
  plan::ConfigFile file(config);
  const auto about_sweep = [](const std::string& argument) {
    return argument.starts_with("~sweep");
  };
  if (std::ranges::none_of(overrides, about_sweep))
    if (const auto sweep = file.take_sweep()) report_sweep(*sweep, config, overrides, diagnostics);
  auto draft = file.draft({overrides}, host, diagnostics);
  if (draft && common.instructions)
    draft->places["kernels"] = {
        std::make_shared<const config::Source>(config::Source{"--kernels", {}, {}})};
  return draft;
}

// Returns the folder's name with the first free number appended.
std::string free_name_beside(const fs::path& folder) {
  const fs::path name = folder.has_filename() ? folder : folder.parent_path();
  for (int number = 2;; ++number) {
    const std::string beside = fmt::format("{}-{}", name.string(), number);
    if (std::error_code error; !fs::exists(fs::symlink_status(beside, error))) return beside;
  }
}

}  // namespace

std::string command_to_repeat(const std::string& run_folder) {
  const std::string file = (fs::path(run_folder) / "plan.yaml").string();
  std::string command = fmt::format("assay run {}", base::shell_quoted(file));
  config::Diagnostics told_when_it_is_run;
  const auto plan = config::read_file(file, told_when_it_is_run);
  const config::Node* run_dir = plan ? plan->find("run_dir") : nullptr;
  if (run_dir != nullptr && run_dir->scalar.find("${now:") == std::string::npos)
    command +=
        " " + base::shell_quoted(config::text_argument("run_dir", free_name_beside(run_folder)));
  return command;
}

std::string config_of(const std::string& config_or_run_folder) {
  const fs::path path = config_or_run_folder;
  std::error_code error;
  if (fs::is_directory(path, error)) {
    if (fs::exists(path / "plan.yaml", error)) return (path / "plan.yaml").string();
    if (error)
      throw UsageError(
          fmt::format("{}: cannot be entered: {}", config_or_run_folder, error.message()));
    throw UsageError(
        fmt::format("{}: this folder has no plan.yaml, so it is not a run folder; expected a "
                    "config or a run folder",
                    config_or_run_folder));
  }
  return config_or_run_folder;  // if there is none, the reader says so
}

std::optional<const plan::Plan> load_plan(const Common& common, const std::string& config,
                                          std::vector<std::string> overrides,
                                          plugin_host::PluginHost& host,
                                          config::Diagnostics& diagnostics) {
  auto draft = load_draft(common, config, std::move(overrides), host, diagnostics);
  if (!draft) return std::nullopt;
  return std::move(*draft).finished();
}

std::optional<run::Prepared> prepare(const Common& common, const std::string& config,
                                     std::vector<std::string> overrides,
                                     plugin_host::PluginHost& host,
                                     config::Diagnostics& diagnostics) {
  auto draft = load_draft(common, config, std::move(overrides), host, diagnostics);
  if (!draft) return std::nullopt;
  return run::prepare(std::move(*draft), host, diagnostics);
}

}  // namespace assay::command_line
