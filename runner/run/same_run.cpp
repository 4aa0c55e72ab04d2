#include "runner/run/same_run.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "assay/number_text.h"
#include "runner/base/words.h"
#include "runner/plan/canonical.h"
#include "runner/plan/entries.h"
#include "runner/run/used_libraries.h"

namespace assay::run {
namespace {

using Plugin = RunRecord::Plugin;

// Returns what is different about a plugin; nothing if it is one of those that the run began with.
std::optional<std::string> difference_of(const std::vector<Plugin>& began, const Plugin& now) {
  const auto same = [&now](const Plugin& p) {
    return p.name == now.name && p.digest == now.digest;
  };
  if (std::ranges::any_of(began, same)) return std::nullopt;
  const auto before = std::ranges::find(began, now.name, &Plugin::name);
  if (before == began.end())
    return fmt::format("this run began without the plugin '{}', but would continue with {} {}",
                       now.name, now.file, now.version);
  return fmt::format(
      "this run began with another library of the plugin '{}': {} was version {} with the digest "
      "{}, but {} is version {} with the digest {}; put the former library back, or begin a new "
      "run",
      now.name, before->file, before->version, before->digest, now.file, now.version, now.digest);
}

// Returns how the plans differ, "seed was 0 and is 1, ..."; empty if they do not.
std::string plan_difference(const std::map<std::string, std::string>& began,
                            const std::map<std::string, std::string>& now,
                            bool may_have_another_length) {
  constexpr std::size_t most_told = 5;
  std::map<std::string, std::pair<std::string, std::string>> values;
  for (const auto& [key, value] : began) values[key].first = value;
  for (const auto& [key, value] : now) values[key].second = value;
  std::vector<std::string> told, only_in_one;
  for (const auto& [key, value] : values) {
    const auto& [was, is] = value;
    if (was == is || (may_have_another_length && is_length(key))) continue;
    if (was.empty()) only_in_one.push_back(fmt::format("{} is {}", key, is));
    else if (is.empty()) only_in_one.push_back(fmt::format("{} was {}", key, was));
    else told.push_back(fmt::format("{} was {} and is {}", key, was, is));
  }
  told.insert(told.end(), only_in_one.begin(), only_in_one.end());
  const std::size_t more = told.size() - std::min(told.size(), most_told);
  told.resize(told.size() - more);
  if (more > 0) told.push_back(counted(more, "more key"));
  return fmt::format("{}", fmt::join(told, ", "));
}

// Returns true if the plans differ in the length of the run and in nothing else.
bool is_only_longer(const RunRecord& began, const RunRecord& now) {
  return plan_difference(began.plan, now.plan, true).empty();
}

}  // namespace

Refused::Refused(std::vector<std::string> reasons)
    : Error(fmt::format("{}", fmt::join(reasons, "\n"))), reasons_(std::move(reasons)) {}

bool is_length(std::string_view key) { return key == "train.epochs" || key == "train.steps"; }

std::map<std::string, std::string> deciding_values(const plan::Plan& plan) {
  std::map<std::string, std::string> values;
  for (const plan::Entry& entry : plan::entries(plan))
    if (std::ranges::count(plan::not_in_digest, entry.key.substr(0, entry.key.find('.'))) == 0)
      values[entry.key] = entry.yaml;
  return values;
}

std::vector<std::string> differences(const RunRecord& began, RunRecord& goes_on,
                                     const plan::Plan& plan, const plugin_host::PluginHost& host,
                                     bool may_have_another_length) {
  std::vector<std::string> found;
  const auto compare = [&found](std::string_view what, const auto& before, const auto& now) {
    if (before != now)
      found.push_back(
          fmt::format("this run began with {} {}, but would continue with {}", what, before, now));
  };
  if (began.plan_digest != goes_on.plan_digest) {
    if (began.plan.empty()) compare("the plan", began.plan_digest, goes_on.plan_digest);
    else if (const std::string different =
                 plan_difference(began.plan, goes_on.plan, may_have_another_length);
             !different.empty())
      found.push_back(
          fmt::format("this run began with another plan: {}; {}", different,
                      is_only_longer(began, goes_on)
                          ? "`assay resume RUN_DIR` with this key as a setting changes the length"
                          : "put the config back, or begin a new run in another run_dir"));
  }
  compare("the kernels", began.kernels, goes_on.kernels);
  compare("lanes:", began.lanes, goes_on.lanes);
  compare("rows in a block:", began.block_rows, goes_on.block_rows);
  for (std::string& change : data_changes(began.data, goes_on.data))
    found.push_back(std::move(change));
  if (began.initial_weights && goes_on.initial_weights &&
      began.initial_weights->digest != goes_on.initial_weights->digest)
    found.push_back(
        fmt::format("this run began with other weights in {}: its content had the digest {} and "
                    "now has {}; put the former file back, or begin a new run",
                    goes_on.initial_weights->file, began.initial_weights->digest,
                    goes_on.initial_weights->digest));
  if (began.plugins.empty()) return found;
  const UsedLibraries used = libraries_of(plan, host);
  for (const Plugin& plugin : goes_on.plugins) {
    // A resumed run may have another logger, but not another library of one that it has.
    const bool logs = used.logging.contains(plugin.file) &&
                      std::ranges::count(began.plugins, plugin.name, &Plugin::name) > 0;
    if (!logs && !used.computing.contains(plugin.file)) continue;
    if (auto difference = difference_of(began.plugins, plugin))
      found.push_back(std::move(*difference));
  }
  return found;
}

}  // namespace assay::run
