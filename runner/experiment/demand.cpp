#include "runner/experiment/demand.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "runner/base/suggest.h"
#include "runner/base/wording.h"
#include "runner/experiment/splits.h"
#include "runner/plan/builtin_metric.h"
#include "runner/plan/value_name.h"
#include "runner/plugin_host/schedules.h"

namespace assay::experiment {

Part part_of(const plugin_host::Handle<Renderer>& renderer, const Part& hook) {
  const auto way = plan::way_to(hook.component->values, renderer.option());
  const auto* component =
      way.empty() ? nullptr : std::get_if<plan::ComponentPlan>(&way.back()->data);
  if (component == nullptr) return hook;
  Part part(base::joined(hook.key, renderer.option()), *component);
  if (part.where.source == nullptr) part.where = hook.where;  // a default
  return part;
}

void Demand::add(const plan::HookPlan& plan, hooks::PreparedHook& hook) {
  const Part part("hooks." + plan.name, plan.component);
  if (splits_) {
    for (hooks::PictureNeed& picture : hook.pictures)
      for (hooks::RowsNeed& need : picture.needed.rows)
        need.split = meant_split(need.split, *splits_);
    for (hooks::RowsNeed& need : hook.rows) need.split = meant_split(need.split, *splits_);
  }
  for (hooks::ValueNeed& need : hook.values) need.value = resolved(need.name);
  for (const hooks::ValueNeed& need : hook.values) add(need, plan, part);
  for (const hooks::PictureNeed& need : hook.pictures) add(need, part_of(need.handle, part));
  for (const hooks::RowsNeed& need : hook.rows) show(need, part);
  if (hook.reads_gradients() && std::ranges::count(plan.trigger.at, 0) != 0)
    blame_.report(part, "",
                  "it reads gradients, but there are none at step 0, before the first batch; leave "
                  "0 out of `at`");
}

plan::ReadableValue Demand::resolved(const plan::ValueName& name) const {
  plan::ReadableValue value = name.value();
  if (auto* of_split = std::get_if<plan::SplitValue>(&value)) {
    if (splits_) of_split->split = meant_split(of_split->split, *splits_);
    find_result(*of_split);
  }
  return value;
}

void Demand::find_result(plan::SplitValue& value) const {
  std::size_t longest = 0;
  const auto consider = [&](std::string_view name) {
    if (name == value.metric) longest = value.metric.size();
    else if (value.metric.starts_with(name) && value.metric[name.size()] == '.')
      longest = std::max(longest, name.size());
  };
  for (const plan::NamedComponent& metric : known_metrics_) consider(metric.name);
  for (const std::string_view metric : plan::builtin_metrics) consider(metric);
  if (longest == 0 || longest == value.metric.size()) return;
  value.result = value.metric.substr(longest + 1);
  value.metric.resize(longest);
}

void Demand::add(const hooks::ValueNeed& need, const plan::HookPlan& hook, const Part& part) {
  if (const plan::SplitValue* value = need.of_split()) add(need, *value, part);
  else add_of_training(need, hook, part);
}

void Demand::add(const hooks::ValueNeed& need, const plan::SplitValue& value, const Part& part) {
  if (!splits_ || check_split(part, need.option, need.name.text(), value.split, *splits_))
    shown_rows_.emplace(value.split, 0);
  if (std::ranges::count(metrics_, value.metric) != 0) return;
  if (metric(value.metric, part.where) != nullptr) metrics_.push_back(value.metric);
  else if (!draft_.doubtful.contains("metrics")) no_metric(need, value.metric, part);
}

void Demand::add_of_training(const hooks::ValueNeed& need, const plan::HookPlan& hook,
                             const Part& part) {
  const std::string owner(need.name.owner()), wanted(need.name.name()), &text = need.name.text();
  const bool is_rate = std::holds_alternative<plan::RateValue>(need.value);
  const auto names = is_rate ? rate_names() : plan::training_values(owner);
  const bool exists = is_rate ? !names || std::ranges::count(*names, wanted) != 0
                              : std::holds_alternative<plan::TrainingValue>(need.value);
  if (!exists) {
    std::string there;
    for (const std::string& name : *names)
      there += fmt::format("{}{}.{}", there.empty() ? "" : ", ", owner, name);
    std::string hint = base::did_you_mean(wanted, *names);
    const bool is_metric =
        std::ranges::count(plan::builtin_metrics, wanted) != 0 ||
        std::ranges::count(draft_.metrics, wanted, &plan::NamedComponent::name) != 0;
    if (hint.empty() && is_metric)
      hint = fmt::format("metrics are measured on splits: train.{}", wanted);
    blame_.report(part, need.option, Blame::Word{text, wanted, owner.size() + 1},
                  there.empty() ? fmt::format("'{}': {} {} has no rate", text,
                                              name_of(Kind::optimizer), draft_.optimizer.type)
                                : fmt::format("'{}': there is no such value (of the {}: {})", text,
                                              owner, there),
                  hint);
  } else if (std::ranges::count(hook.trigger.at, 0) != 0) {
    blame_.report(
        part, need.option,
        fmt::format("{} has no value at step 0, before the first batch; leave 0 out of `at`",
                    text));
  }
}

std::optional<std::vector<std::string>> Demand::rate_names() {
  if (draft_.soundness("optimizer") != plan::Soundness::sound) return std::nullopt;
  std::vector<std::string> names;
  for (const plugin_host::RateOption& option :
       plugin_host::rate_options(draft_.optimizer, catalogue_))
    names.push_back(option.name);
  return names;
}

const plan::NamedComponent* Demand::metric(const std::string& name, const config::Location& where) {
  const auto known = std::ranges::find(known_metrics_, name, &plan::NamedComponent::name);
  if (known != known_metrics_.end()) return &*known;
  auto builtin = plan::builtin_metric(name, where, catalogue_, diagnostics_);
  if (!builtin) return nullptr;
  if (builtin->soundness == plan::Soundness::broken) broken_metrics_.insert(name);
  known_metrics_.push_back({name, std::move(builtin->component)});
  return &known_metrics_.back();
}

std::vector<plan::NamedComponent> Demand::usable_metrics() const {
  std::vector<plan::NamedComponent> usable = known_metrics_;
  std::erase_if(usable, [this](const plan::NamedComponent& metric) {
    return broken_metrics_.contains(metric.name) ||
           draft_.soundness("metrics." + metric.name) == plan::Soundness::broken;
  });
  return usable;
}

void Demand::no_metric(const hooks::ValueNeed& need, const std::string& metric, const Part& part) {
  std::vector<std::string> names(plan::builtin_metrics.begin(), plan::builtin_metrics.end());
  for (const auto& known : draft_.metrics)
    if (std::ranges::count(names, known.name) == 0) names.push_back(known.name);
  std::string meant = plan::training_value_called(metric);
  if (std::ranges::count(rate_names().value_or(std::vector<std::string>()), metric) != 0)
    meant = plan::text_of(plan::RateValue{metric});
  const std::string& text = need.name.text();
  blame_.report(
      part, need.option, Blame::Word{text, metric, text.size() - metric.size()},
      fmt::format("'{}': there is no metric '{}' (metrics: {}); name others under `metrics:`", text,
                  metric, fmt::join(names, ", ")),
      meant.empty() ? base::did_you_mean(metric, names) : fmt::format("did you mean '{}'?", meant));
}

void Demand::add(const hooks::PictureNeed& need, const Part& renderer) {
  pictures_ = true;
  for (const hooks::RowsNeed& rows : need.needed.rows) show(rows, renderer);
}

void Demand::show(const hooks::RowsNeed& need, const Part& part) {
  if (splits_) {
    std::vector<std::string> names = *splits_;
    names.insert(names.begin(), std::string(plan::all_rows));
    if (!check_split(part, need.option, need.split, need.split, names)) return;
  }
  std::int64_t& shown = shown_rows_[need.split];
  shown = std::max(shown, need.rows);
}

bool Demand::check_split(const Part& part, const std::string& option, const std::string& value,
                         const std::string& split, const std::vector<std::string>& names) {
  if (std::ranges::count(names, split) != 0) return true;
  const bool is_value = value != split;
  std::vector<std::string> meant = names;
  meant.emplace_back(plan::evaluated_split);
  if (is_value)
    meant.insert(meant.end(), plan::training_owners.begin(), plan::training_owners.end());
  blame_.report(
      part, option, Blame::Word{value, split},
      fmt::format("{}there is no split '{}' (splits: {}); `dataset.split` makes them",
                  is_value ? fmt::format("'{}': ", value) : "", split, fmt::join(names, ", ")),
      base::did_you_mean(split, meant));
  return false;
}

}  // namespace assay::experiment
