#include "runner/plan/builtin_metric.h"

#include <algorithm>
#include <string>
#include <utility>

#include "runner/base/wording.h"
#include "runner/plan/validator.h"
#include "runner/plan/value_name.h"

namespace assay::plan {

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
    for (const OptionText& value : hook.values) add(value.text, value.where);
}

}  // namespace assay::plan
