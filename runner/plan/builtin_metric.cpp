#include "runner/plan/builtin_metric.h"

#include <algorithm>
#include <functional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>

#include "runner/base/wording.h"
#include "runner/plan/tag.h"
#include "runner/plan/validator.h"
#include "runner/plan/value_name.h"

namespace assay::plan {
namespace {

using Visit = std::function<void(const std::string& text, const config::Location& where)>;

void each_possible_value(const Values& values, std::span<const Parameter> table,
                         const std::string& prefix, const Visit& visit);

void each_possible_value(const Value& value, const Parameter& parameter, const std::string& key,
                         const Visit& visit) {
  if (const auto* text = std::get_if<std::string>(&value.data)) {
    if (parameter.type != ParameterType::path && !holds_tag(Kind::hook, key))
      visit(*text, value.where);
  } else if (const auto* list = std::get_if<List>(&value.data)) {
    for (const Value& element : *list) each_possible_value(element, parameter, key, visit);
  } else if (const auto* group = std::get_if<Values>(&value.data)) {
    each_possible_value(*group, parameter.group(), key, visit);
  }
}

void each_possible_value(const Values& values, std::span<const Parameter> table,
                         const std::string& prefix, const Visit& visit) {
  for (const Parameter& parameter : table)
    if (const Value* value = values.find(parameter.name))
      each_possible_value(*value, parameter, base::joined(prefix, parameter.name), visit);
}

// Returns no parameters if there is no such component, or if its library does not load; the planner
// has reported that.
std::span<const Parameter> table_of(const ComponentPlan& component, Catalogue& catalogue) {
  if (std::ranges::count(catalogue.names(component.kind), component.type) == 0) return {};
  try {
    return catalogue.parameters(component.kind, component.type);
  } catch (const std::runtime_error&) {
    return {};
  }
}

}  // namespace

std::optional<Validator::Placed> builtin_metric(std::string_view name,
                                                const config::Location& where, Catalogue& catalogue,
                                                config::Diagnostics& diagnostics) {
  if (std::ranges::count(builtin_metrics, name) == 0) return std::nullopt;
  if (std::ranges::count(catalogue.names(Kind::metric), name) == 0) return std::nullopt;
  config::Node node = config::scalar(std::string(name));
  node.where = where;
  const std::string key = base::joined("metrics", node.scalar);
  return Validator(catalogue, diagnostics).component(node, Kind::metric, key);
}

void add_builtin_metrics(Draft& draft, Catalogue& catalogue, config::Diagnostics& diagnostics) {
  const auto add = [&](const std::string& text, const config::Location& where) {
    const auto name = ValueName::parse(text);
    if (!name) return;
    const ReadableValue value = name->value();
    const auto* of_split = std::get_if<SplitValue>(&value);
    if (of_split == nullptr) return;
    if (std::ranges::count(draft.metrics, of_split->metric, &NamedComponent::name) != 0) return;
    auto metric = builtin_metric(of_split->metric, where, catalogue, diagnostics);
    if (!metric) return;
    if (metric->soundness != Soundness::sound)
      draft.unsound[base::joined("metrics", of_split->metric)] = metric->soundness;
    draft.metrics.push_back({of_split->metric, std::move(metric->component)});
  };
  for (const HookPlan& hook : draft.hooks)
    each_possible_value(hook.component.values, table_of(hook.component, catalogue), {}, add);
}

}  // namespace assay::plan
