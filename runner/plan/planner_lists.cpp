// Plans the sections with several components: `metrics`, `hooks`, `loggers`.
#include "runner/plan/planner.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "runner/base/wording.h"
#include "runner/plan/builtin_metric.h"
#include "runner/plan/fallback.h"
#include "runner/plan/schema.h"
#include "runner/plan/text_options.h"
#include "runner/plan/value_name.h"

namespace assay::plan {

using config::Node;

std::vector<Member> Planner::misspelt_members(const char* section) {
  const std::string key = validator_.misspelling(section);
  const Node* node = key.empty() ? nullptr : config_.find(key);
  if (node == nullptr) return {};
  const bool by_name = std::string_view(section) == "metrics";
  return by_name ? members_by_name(*node, key, diagnostics_) : members(*node, key, diagnostics_);
}

std::vector<NamedComponent> Planner::metrics() {
  std::vector<NamedComponent> result;
  if (validator_.meant("metrics")) doubt("metrics");
  const Node* section = config_.find("metrics");
  if (section == nullptr) {
    for (const Member& m : misspelt_members("metrics"))
      validator_.component(*m.node, Kind::metric, m.key);
    return result;
  }
  const std::size_t problems = diagnostics_.size();
  const std::vector<Member> named = members_by_name(*section, "metrics", diagnostics_);
  if (diagnostics_.size() > problems || section->reported) doubt("metrics");
  for (const Member& m : named)
    result.push_back({m.name, validator_.component(*m.node, Kind::metric, m.key).component});
  return result;
}

std::vector<NamedComponent> Planner::loggers() {
  std::vector<NamedComponent> result;
  ListNames names;
  if (const Node* section = config_.find("loggers")) {
    for (const Member& m : members(*section, "loggers", diagnostics_)) {
      ComponentPlan logger = validator_.component(*m.node, Kind::logger, m.key).component;
      result.push_back({m.name.empty() ? names.name(logger.type) : m.name, std::move(logger)});
      note_soundness(m.key, base::joined("loggers", result.back().name));
    }
    return result;
  }
  for (const Member& m : misspelt_members("loggers"))
    validator_.component(*m.node, Kind::logger, m.key);
  const List fallback = optional<List>(option("loggers")).value_or(List{});
  for (std::size_t i = 0; i < fallback.size(); ++i)
    if (const auto component = optional<ComponentPlan>(fallback[i])) {
      result.push_back({names.name(component->type), *component});
      note_soundness(base::joined("loggers", std::to_string(i)),
                     base::joined("loggers", result.back().name));
    }
  return result;
}

std::vector<HookPlan> Planner::hooks() {
  std::vector<HookPlan> result;
  ListNames names;
  const Node* section = config_.find("hooks");
  std::optional<Node> fallback;
  if (section == nullptr) {
    for (const Member& m : misspelt_members("hooks")) hook(*m.node, m, names);
    if (validator_.meant("hooks")) return result;
    fallback =
        fallback_node(parameter(experiment_parameters(), "hooks"), "hooks", diagnostics_).value();
    section = &*fallback;
  }
  for (const Member& m : members(*section, "hooks", diagnostics_))
    result.push_back(hook(*m.node, m, names));
  return result;
}

Node with_listed_steps(Node hook) {
  if (Node* at = hook.find("at"); at != nullptr && at->kind == Node::Kind::scalar) {
    Node list;
    list.kind = Node::Kind::list;
    list.where = at->where;
    list.list.push_back(std::move(*at));
    *at = std::move(list);
  }
  return hook;
}

HookPlan Planner::hook(const Node& given, const Member& member, ListNames& names) {
  const std::string& key = member.key;
  const Node node = with_listed_steps(given);
  const Validator::Placed placed =
      validator_.component(node, Kind::hook, key, trigger_parameters());
  const std::size_t problems = diagnostics_.size();
  const std::vector<std::string> known = catalogue_.names(Kind::hook);
  const bool unsure = placed.common_problems > 0 || placed.unknown_keys > 0 ||
                      has_reported(&node) || std::ranges::count(known, placed.component.type) == 0;
  Trigger trigger;
  trigger.every = optional<std::int64_t>(placed.common, "every");
  trigger.every_epoch = optional<std::int64_t>(placed.common, "every_epoch");
  trigger.times = optional<std::int64_t>(placed.common, "times");
  trigger.from = optional<std::int64_t>(placed.common, "from");
  trigger.until = optional<std::int64_t>(placed.common, "until");
  trigger.at_end = optional<bool>(placed.common, "at_end").value_or(false);
  for (const Value& step : optional<List>(placed.common, "at").value_or(List{}))
    if (const auto number = optional<std::int64_t>(step)) trigger.at.push_back(*number);
  std::sort(trigger.at.begin(), trigger.at.end());
  trigger.at.erase(std::unique(trigger.at.begin(), trigger.at.end()), trigger.at.end());

  const bool repeats = trigger.every || trigger.every_epoch || trigger.times;
  const bool fires = repeats || !trigger.at.empty() || trigger.at_end;
  if (!fires && !unsure) {
    config::Location where = placed.component.where;
    for (const char* when : {"every", "every_epoch", "times", "at", "at_end"})
      if (const Node* written = node.find(when)) where = written->where;  // null, [] or false
    diagnostics_.error(where, key, "this hook never fires",
                       "say when: every: 10, every_epoch: 1, times: 100, at: [0, 100] or at_end: "
                       "true");
  }
  for (const char* bound : {"from", "until"})
    if (optional<std::int64_t>(placed.common, bound) && fires && !repeats && !has_reported(&node))
      diagnostics_.error(placed.common.find(bound)->where, base::joined(key, bound),
                         "it bounds `every`, `every_epoch` and `times`, and this hook has none",
                         "leave it out: `at` and `at_end` name their steps themselves");
  if (trigger.times && trigger.every && trigger.every_epoch)
    diagnostics_.error(placed.common.find("times")->where, base::joined(key, "times"),
                       "`every` and `every_epoch` both stand beside it",
                       "it picks steps of one of them: leave the other out, or make two hooks");
  if (trigger.from && trigger.until && *trigger.from > *trigger.until)
    diagnostics_.error(placed.common.find("from")->where, base::joined(key, "from"),
                       fmt::format("step {} comes after until, {}", *trigger.from, *trigger.until));
  std::string name = member.name.empty() ? names.name(placed.component.type) : member.name;
  const std::string named = base::joined("hooks", name);
  note(named, placed.common);
  note_soundness(key, named);
  if (diagnostics_.size() > problems || unsure) doubt(named);
  return {std::move(name), std::move(trigger), placed.component};
}

void Planner::add_builtin_metrics() {
  const auto add = [&](const TextOption& option) {
    const auto value = value_name(option.text);
    if (!value || value->source != ValueSource::split) return;
    const std::string name(value->name);
    if (std::ranges::count(draft_.metrics, name, &NamedComponent::name) != 0) return;
    auto metric = builtin_metric(name, option.where, catalogue_, diagnostics_);
    if (!metric) return;
    if (metric->soundness != Soundness::sound)
      draft_.unsound[base::joined("metrics", name)] = metric->soundness;
    draft_.metrics.push_back({name, std::move(metric->component)});
  };
  for (const HookPlan& hook : draft_.hooks)
    each_text(hook.component.values, "hooks." + hook.name, add);
}

}  // namespace assay::plan
