#include "runner/experiment/hook_assembly.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "assay/acts.h"
#include "assay/number_text.h"
#include "runner/base/suggest.h"
#include "runner/base/wording.h"
#include "runner/experiment/tag_clashes.h"
#include "runner/experiment/without_effect.h"
#include "runner/hooks/timetable.h"
#include "runner/plan/value_name.h"

namespace assay::experiment {

using plugin_host::Handle;

namespace {

Part metric_part(const std::string& name, const std::vector<plan::NamedComponent>& metrics) {
  return {"metrics." + name,
          std::ranges::find(metrics, name, &plan::NamedComponent::name)->component};
}

}  // namespace

Part hook_part(const plan::Draft& draft, const std::string& name) {
  return {"hooks." + name, std::ranges::find(draft.hooks, name, &plan::HookPlan::name)->component};
}

void HookAssembly::make(std::optional<std::vector<std::string>> splits) {
  Demand demand(draft_, std::move(splits), maker_.host, diagnostics_);
  for (const plan::HookPlan& hook : draft_.hooks) {
    make_hook(hook, demand);
    check_trigger(hook);
  }
  if (out_.steps > 0)
    check_tag_clashes(draft_, out_.steps, out_.batches->steps_per_epoch(), diagnostics_);
  out_.metrics = demand.metrics();
  out_.draws_pictures = demand.pictures();
  out_.state_copies = state_copies();
  shown_rows_ = demand.shown_rows();
  shown_rows_.emplace("train", 0);
  make_metrics(demand.usable_metrics());
  find_best(demand);
}

int HookAssembly::state_copies() const {
  const auto acts_at_end = [](const hooks::PreparedHook& hook) {
    return hook.trigger.at_end && hook.hook.has<Acts>();
  };
  const int while_training = draft_.checkpoints.while_training() ? 1 : 0;
  return while_training + (std::ranges::any_of(out_.hooks, acts_at_end) ? 1 : 0);
}

void HookAssembly::find_best(const Demand& demand) {
  const std::optional<plan::BestPlan>& best = draft_.checkpoints.best;
  const auto name = best ? plan::ValueName::parse(best->value) : std::nullopt;
  if (!name || out_.hooks.size() < draft_.hooks.size()) return;
  const plan::ReadableValue wanted = demand.resolved(*name);
  std::vector<std::string> read;
  for (const hooks::PreparedHook& hook : out_.hooks) {
    if (!fires_after_a_step(hook.trigger)) continue;
    for (const hooks::ValueNeed& need : hook.values) {
      if (need.value == wanted && need.size == 1) out_.best = wanted;
      if (need.size == 1 && std::ranges::count(read, need.name.text()) == 0)
        read.push_back(need.name.text());
    }
  }
  if (out_.best) return;
  const std::string meant = base::suggest(best->value, read);
  std::string there = read.empty() ? "" : "hooks read: " + base::listed(read);
  if (meant.empty())
    there += fmt::format(
        "{0}a hook: `best: {{type: scalar, tag: best/{1}, value: {1}, every_epoch: 1}}`",
        read.empty() ? "add " : "; add ", best->value);
  diagnostics_.error(
      best->where, "checkpoints.best.value",
      fmt::format("no hook reads the number {} after a step, so no checkpoint could be the best",
                  base::quoted(best->value)),
      base::hint_of(meant, there));
}

bool HookAssembly::fires_after_a_step(plan::Trigger trigger) const {
  trigger.at_end = false;
  if (out_.steps == 0) return true;
  const hooks::Timetable timetable(trigger, out_.steps, out_.batches->steps_per_epoch());
  return timetable.last().value_or(0) > 0;
}

void HookAssembly::make_hook(const plan::HookPlan& plan, Demand& demand) {
  const Part part("hooks." + plan.name, plan.component);
  const std::string made_of = maker_.of(plan.component) + plan::identity(plan.trigger);
  auto hook = maker_.shared<hooks::PreparedHook>(
      part.key, made_of, [&]() -> std::optional<hooks::PreparedHook> {
        auto handle = maker_.create<Hook>(plan.component, part.key);
        if (!handle) return std::nullopt;
        return blame_.attempt(
            part, [&] { return hooks::prepare(plan.name, std::move(*handle), plan.trigger); });
      });
  if (!hook) return;
  maker_.declare_state(part, hook->hook, "hooks/" + plan.name);
  demand.add(plan, *hook);
  for (const hooks::PictureNeed& need : hook->pictures) check(need.handle, part);
  out_.hooks.push_back(std::move(*hook));
}

void HookAssembly::check_trigger(const plan::HookPlan& hook) {
  if (out_.steps == 0 || draft_.doubtful.contains("hooks." + hook.name)) return;
  warn_of_steps(draft_, hook, out_.steps, out_.batches->steps_per_epoch(), diagnostics_);
}

void HookAssembly::check(const Handle<Renderer>& renderer, const Part& hook) {
  if (!maker_.data_is_known) return;
  blame_.attempt(part_of(renderer, hook), [&] {
    renderer.call([&](const Renderer& r) { r.check(out_.data.sample_shape, out_.data.target); });
  });
}

void HookAssembly::make_metrics(const std::vector<plan::NamedComponent>& usable) {
  std::map<std::string, Handle<Metric>> made;
  for (const auto& [name, component] : usable) {
    const Part part("metrics." + name, component);
    auto metric = maker_.shared<Handle<Metric>>(part.key, maker_.of(component), [&] {
      auto handle = maker_.create<Metric>(component, part.key);
      if (handle && maker_.data_is_known)
        blame_.attempt(part,
                       [&] { handle->call([&](Metric& m) { m.prepare(out_.data.target); }); });
      return handle;
    });
    if (!metric) continue;
    made.emplace(name, std::move(*metric));
  }
  for (const std::string& wanted : out_.metrics)
    if (const auto metric = made.find(wanted); metric != made.end()) {
      metrics_.push_back(metric->second);
      maker_.declare_state(metric_part(wanted, usable), metric->second, "metrics/" + wanted);
      find_results(wanted, metric->second, metric_part(wanted, usable));
    }
}

void HookAssembly::find_results(const std::string& name, const Handle<Metric>& metric,
                                const Part& part) {
  if (!maker_.data_is_known) return;
  const auto results = blame_.attempt(part, [&] { return train::results_of(metric); });
  if (!results) return;
  for (std::size_t i = 0; i < out_.hooks.size(); ++i)
    for (hooks::ValueNeed& need : out_.hooks[i].values) {
      const plan::SplitValue* value = need.of_split();
      if (value == nullptr || value->metric != name) continue;
      const auto found = std::ranges::find(*results, value->result, &train::ResultInfo::name);
      if (found == results->end()) no_result(need, *results, out_.hooks[i].name);
      else if (found->size != 1 && !need.vector) a_vector(need, *found, out_.hooks[i].name);
      else {
        need.first = found->first;
        need.size = found->size;
      }
    }
}

void HookAssembly::no_result(const hooks::ValueNeed& need,
                             const std::vector<train::ResultInfo>& results,
                             const std::string& hook) {
  const plan::SplitValue& value = *need.of_split();
  std::string there;
  for (const train::ResultInfo& result : results)
    there += fmt::format("{}{}.{}{}{}", there.empty() ? "" : ", ", need.name.owner(), value.metric,
                         result.name.empty() ? "" : ".", result.name);
  blame_.report(hook_part(draft_, hook), need.option,
                fmt::format("'{}': the metric {} has no such result (it has: {})", need.name.text(),
                            value.metric, there));
}

void HookAssembly::a_vector(const hooks::ValueNeed& need, const train::ResultInfo& result,
                            const std::string& hook) {
  blame_.report(hook_part(draft_, hook), need.option,
                fmt::format("'{}' is a vector of {} numbers; expected a single number",
                            need.name.text(), grouped(result.size)));
}

void HookAssembly::find_parameters(const train::ModelDescription& model) {
  const auto& all = model.parameters;
  for (hooks::PreparedHook& hook : out_.hooks)
    for (hooks::PictureNeed& picture : hook.pictures)
      for (hooks::WeightsNeed& need : picture.needed.weights) {
        const auto found = std::ranges::find(all, need.parameter, &train::ParameterInfo::name);
        need.index = static_cast<std::size_t>(found - all.begin());
        if (found == all.end())
          no_parameter(need, all, part_of(picture.handle, hook_part(draft_, hook.name)));
      }
}

void HookAssembly::no_parameter(const hooks::WeightsNeed& need,
                                const std::vector<train::ParameterInfo>& parameters,
                                const Part& renderer) {
  std::vector<std::string> names;
  for (const train::ParameterInfo& parameter : parameters) names.push_back(parameter.name);
  blame_.report(renderer, need.option,
                fmt::format("the model has no parameter '{}' (it has: {})", need.parameter,
                            base::listed(names)),
                base::did_you_mean(need.parameter, names));
}

}  // namespace assay::experiment
