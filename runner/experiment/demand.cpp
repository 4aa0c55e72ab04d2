#include "runner/experiment/demand.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "runner/base/wording.h"
#include "runner/config/mistakes/suggest.h"
#include "runner/experiment/splits.h"
#include "runner/plan/builtin_metric.h"
#include "runner/plan/value_name.h"
#include "runner/plugin_host/schedules.h"

namespace assay::experiment {
namespace {

std::optional<Part> find(const plan::Values& values, const std::string& key,
                         const plugin_host::Handle<Renderer>& renderer);

std::optional<Part> find(const plan::Value& value, const std::string& key,
                         const plugin_host::Handle<Renderer>& renderer) {
  const config::Location& where = renderer.where();
  const auto* component = std::get_if<plan::ComponentPlan>(&value.data);
  if (component != nullptr && component->type == renderer.name() &&
      component->where.source == where.source && component->where.line == where.line &&
      component->where.column == where.column)
    return Part(key, *component);
  if (const auto* group = std::get_if<plan::Values>(&value.data))
    return find(*group, key, renderer);
  if (const auto* list = std::get_if<plan::List>(&value.data))
    for (std::size_t i = 0; i < list->size(); ++i)
      if (auto found = find((*list)[i], base::joined(key, std::to_string(i)), renderer))
        return found;
  return std::nullopt;
}

std::optional<Part> find(const plan::Values& values, const std::string& key,
                         const plugin_host::Handle<Renderer>& renderer) {
  for (const auto& [name, value] : values.entries())
    if (auto found = find(value, base::joined(key, name), renderer)) return found;
  return std::nullopt;
}

}  // namespace

Part part_of(const plugin_host::Handle<Renderer>& renderer, const Part& hook) {
  return find(hook.component->values, hook.key, renderer).value_or(hook);
}

void Demand::add(const plan::HookPlan& plan, hooks::PreparedHook& hook) {
  const Part part("hooks." + plan.name, plan.component);
  if (splits_) {
    for (hooks::ValueNeed& need : hook.values) need.split = meant_split(need.split, *splits_);
    for (hooks::PictureNeed& need : hook.pictures) need.split = meant_split(need.split, *splits_);
  }
  for (const hooks::ValueNeed& need : hook.values) add(need, plan, part);
  for (const hooks::PictureNeed& need : hook.pictures) add(need, part_of(need.handle, part));
}

void Demand::add(const hooks::ValueNeed& need, const plan::HookPlan& hook, const Part& part) {
  if (need.source != plan::ValueSource::split) return add_of_training(need, hook, part);
  if (!splits_ || check_split(part, need.option, need.name, need.split, *splits_))
    shown_rows_.emplace(need.split, 0);
  if (std::ranges::count(metrics_, need.metric, &hooks::NamedMetric::name) != 0) return;
  if (const plan::NamedComponent* known = metric(need.metric, part.where))
    metrics_.push_back({need.metric, known->component.type == "loss"});
  else if (!draft_.doubtful.contains("metrics")) no_metric(need, part);
}

void Demand::add_of_training(const hooks::ValueNeed& need, const plan::HookPlan& hook,
                             const Part& part) {
  const std::string owner = need.name.substr(0, need.name.find('.'));
  std::optional<std::vector<std::string>> names;
  if (need.source == plan::ValueSource::batch)
    names.emplace(plan::batch_values.begin(), plan::batch_values.end());
  else if (need.source == plan::ValueSource::epoch)
    names.emplace(plan::epoch_values.begin(), plan::epoch_values.end());
  else names = rate_names();
  if (names && std::ranges::count(*names, need.metric) == 0) {
    std::string there;
    for (const std::string& name : *names)
      there += fmt::format("{}{}.{}", there.empty() ? "" : ", ", owner, name);
    std::string hint = config::did_you_mean(need.metric, *names);
    const bool is_metric =
        std::ranges::count(plan::builtin_metrics, need.metric) != 0 ||
        std::ranges::count(draft_.metrics, need.metric, &plan::NamedComponent::name) != 0;
    if (hint.empty() && is_metric)
      hint = fmt::format("metrics are measured on splits: train.{}", need.metric);
    blame_.report(part, need.option, Blame::Word{need.name, need.metric, owner.size() + 1},
                  there.empty() ? fmt::format("'{}': {} {} has no rate", need.name,
                                              name_of(Kind::optimizer), draft_.optimizer.type)
                                : fmt::format("'{}': there is no such value (of the {}: {})",
                                              need.name, owner, there),
                  hint);
  } else if (std::ranges::count(hook.trigger.at, 0) != 0) {
    blame_.report(part, need.option,
                  fmt::format("{} has no value at step 0, before the first batch; leave 0 out of "
                              "`at`",
                              need.name));
  }
}

std::optional<std::vector<std::string>> Demand::rate_names() {
  if (draft_.soundness("optimizer") != plan::Soundness::sound) return std::nullopt;
  std::vector<std::string> names;
  for (const plugin_host::RateOption& option : plugin_host::rate_options(
           draft_.optimizer.values, catalogue_.parameters(Kind::optimizer, draft_.optimizer.type)))
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

void Demand::no_metric(const hooks::ValueNeed& need, const Part& part) {
  std::vector<std::string> names(plan::builtin_metrics.begin(), plan::builtin_metrics.end());
  for (const auto& known : draft_.metrics)
    if (std::ranges::count(names, known.name) == 0) names.push_back(known.name);
  std::string hint;
  if (std::ranges::count(rate_names().value_or(std::vector<std::string>()), need.metric) != 0)
    hint = fmt::format("did you mean 'optimizer.{}'?", need.metric);
  else if (std::ranges::count(plan::batch_values, need.metric) != 0)
    hint = fmt::format("did you mean 'batch.{}'?", need.metric);
  blame_.report(
      part, need.option, Blame::Word{need.name, need.metric, need.name.size() - need.metric.size()},
      fmt::format("'{}': there is no metric '{}' (metrics: {}); name others under `metrics:`",
                  need.name, need.metric, fmt::join(names, ", ")),
      hint.empty() ? config::did_you_mean(need.metric, names) : hint);
}

void Demand::add(const hooks::PictureNeed& need, const Part& renderer) {
  pictures_ = true;
  if (splits_) {
    std::vector<std::string> names = *splits_;
    names.insert(names.begin(), "all");
    if (!check_split(renderer, need.option, need.split, need.split, names)) return;
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
      config::did_you_mean(split, meant));
  return false;
}

}  // namespace assay::experiment
