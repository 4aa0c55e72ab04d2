#include "runner/run/same_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "assay/error.h"

namespace assay::run {
namespace {

using Plugin = RunRecord::Plugin;

// Collects the files of the libraries that components come from.
class Libraries {
 public:
  explicit Libraries(const plugin_host::PluginHost& host) : host_(host) {}

  void add(const plan::ComponentPlan& component) {
    if (const auto* library = host_.library_of(component.kind, component.type))
      files.insert(library->file.string());
    add(component.values);
  }

  std::set<std::string> files;

 private:
  void add(const plan::Values& values) {
    for (const auto& [name, value] : values.entries()) add(value);
  }
  void add(const plan::Value& value) {
    if (const auto* component = std::get_if<plan::ComponentPlan>(&value.data)) add(*component);
    if (const auto* group = std::get_if<plan::Values>(&value.data)) add(*group);
    if (const auto* list = std::get_if<plan::List>(&value.data))
      for (const plan::Value& element : *list) add(element);
  }

  const plugin_host::PluginHost& host_;
};

// The files of the libraries that a plan uses. A host that had other runs before has opened more.
struct Used {
  std::set<std::string> computing, logging;
};

Used used_by(const plan::Plan& plan, const plugin_host::PluginHost& host) {
  Libraries computing(host), logging(host);
  for (const auto* component : {&plan.dataset, &plan.model, &plan.loss, &plan.optimizer})
    computing.add(*component);
  for (const auto* section : {&plan.transforms, &plan.gradient_transforms, &plan.metrics})
    for (const plan::NamedComponent& each : *section) computing.add(each.component);
  for (const plan::HookPlan& hook : plan.hooks) computing.add(hook.component);
  for (const plan::NamedComponent& logger : plan.loggers) logging.add(logger.component);
  return {std::move(computing.files), std::move(logging.files)};
}

// Throws if the plugin is not one of those that the run began with.
void check_plugin(const std::string& record_file, const std::vector<Plugin>& began,
                  const Plugin& now) {
  const auto same = [&now](const Plugin& p) {
    return p.name == now.name && p.digest == now.digest;
  };
  if (std::ranges::any_of(began, same)) return;
  const auto before = std::ranges::find(began, now.name, &Plugin::name);
  if (before == began.end())
    throw Error(fmt::format("{}: this run began without the plugin '{}', and would go on with {}",
                            record_file, now.name, now.file));
  throw Error(
      fmt::format("{}: this run began with another library of the plugin '{}': {} had the digest "
                  "{}, and {} has {}; put the former library back, or begin a new run",
                  record_file, now.name, before->file, before->digest, now.file, now.digest));
}

}  // namespace

void check_is_same_run(const std::string& record_file, const RunRecord& began,
                       const RunRecord& goes_on, const plan::Plan& plan,
                       const plugin_host::PluginHost& host, const std::string& differences) {
  const auto check = [&record_file](std::string_view what, const auto& before, const auto& now) {
    if (before != now)
      throw Error(fmt::format("{}: this run began with {} {}, and would go on with {}", record_file,
                              what, before, now));
  };
  if (began.plan_digest != goes_on.plan_digest && !differences.empty())
    throw Error(
        fmt::format("{}: this run began with another plan: {}; put the config back, or begin "
                    "a new run in another run_dir",
                    record_file, differences));
  check("the plan", began.plan_digest, goes_on.plan_digest);
  check("the kernels", began.kernels, goes_on.kernels);
  check("lanes:", began.lanes, goes_on.lanes);
  check("rows in a block:", began.block_rows, goes_on.block_rows);
  if (began.initial_weights && goes_on.initial_weights &&
      began.initial_weights->digest != goes_on.initial_weights->digest)
    throw Error(
        fmt::format("{}: this run began with other weights in {}: its content had the "
                    "digest {} and has {}; put the former file back, or begin a new run",
                    record_file, goes_on.initial_weights->file, began.initial_weights->digest,
                    goes_on.initial_weights->digest));
  if (began.plugins.empty()) return;
  const Used used = used_by(plan, host);
  for (const Plugin& plugin : goes_on.plugins) {
    // A run may go on with another logger, but not with another library of one that it has.
    const bool logs = used.logging.contains(plugin.file) &&
                      std::ranges::count(began.plugins, plugin.name, &Plugin::name) > 0;
    if (logs || used.computing.contains(plugin.file))
      check_plugin(record_file, began.plugins, plugin);
  }
}

}  // namespace assay::run
