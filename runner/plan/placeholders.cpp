#include "runner/plan/placeholders.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "runner/base/wording.h"
#include "runner/config/reference.h"

namespace assay::plan {
namespace {

using config::FilledBy;

struct TextOption {
  const std::string& key;  ///< full: "hooks.loss.tag"
  const std::string& text;
  const config::Location& where;
};
using Visit = std::function<void(const TextOption&)>;

void each_text(const Values& values, const std::string& key, const Visit& visit);

void each_text(const Value& value, const std::string& key, const Visit& visit) {
  if (const auto* text = std::get_if<std::string>(&value.data)) {
    visit({key, *text, value.where});
  } else if (const auto* list = std::get_if<List>(&value.data)) {
    for (std::size_t i = 0; i < list->size(); ++i)
      each_text((*list)[i], base::joined(key, std::to_string(i)), visit);
  } else if (const auto* group = std::get_if<Values>(&value.data)) {
    each_text(*group, key, visit);
  } else if (const auto* component = std::get_if<ComponentPlan>(&value.data)) {
    each_text(component->values, key, visit);
  }
}

// Visits texts, choices and paths, at any depth.
void each_text(const Values& values, const std::string& key, const Visit& visit) {
  for (const auto& [name, value] : values.entries())
    each_text(value, base::joined(key, name), visit);
}

std::string hint_for(FilledBy by) {
  switch (by) {
    case FilledBy::run_dir: return "the time is for run_dir only";
    case FilledBy::tag: return "it is for the tags of hooks only";
    case FilledBy::component: return "a secret is for texts that only a component reads";
    case FilledBy::config: break;
  }
  return {};
}

// Reports references in the text other than those that `here` fills in. References that the config
// fills in are gone by now.
void check(const TextOption& option, FilledBy here, config::Diagnostics& diagnostics) {
  std::size_t at = 0;
  while (const auto reference = config::next_reference(option.text, at)) {
    at = reference->end;
    const FilledBy by = config::filled_by(reference->name);
    if (by != FilledBy::config && by == here) continue;
    diagnostics.error(option.where, option.key,
                      fmt::format("'${{{}}}' has no value here", reference->name), hint_for(by));
  }
}

void check(const ComponentPlan& component, const std::string& key, config::Diagnostics& diagnostics,
           const std::vector<OptionText>& tags = {}) {
  each_text(component.values, key, [&](const TextOption& option) {
    const bool is_tag =
        std::ranges::count(tags, option.key.substr(key.size() + 1), &OptionText::option) > 0;
    check(option, is_tag ? FilledBy::tag : FilledBy::component, diagnostics);
  });
}

}  // namespace

void check_placeholders(const Draft& draft, const config::Node& config,
                        config::Diagnostics& diagnostics) {
  const auto check_text = [&](const std::string& key, const std::string& text, FilledBy here) {
    const config::Node* node = config.find(key);
    if (node == nullptr || node->where.source == nullptr) return;  // made from checked values
    check(TextOption{key, text, node->where}, here, diagnostics);
  };
  check_text("name", draft.name, FilledBy::config);
  check_text("run_dir", draft.run_dir, FilledBy::run_dir);
  check(draft.dataset, "dataset", diagnostics);
  check(draft.model, "model", diagnostics);
  check(draft.loss, "loss", diagnostics);
  check(draft.optimizer, "optimizer", diagnostics);
  const auto check_all = [&](const std::vector<NamedComponent>& all, const std::string& section) {
    for (const auto& [name, component] : all)
      check(component, base::joined(section, name), diagnostics);
  };
  check_all(draft.transforms, "transforms");
  check_all(draft.gradient_transforms, "gradient_transforms");
  check_all(draft.metrics, "metrics");
  for (const HookPlan& h : draft.hooks) check(h.component, "hooks." + h.name, diagnostics, h.tags);
  check_all(draft.loggers, "loggers");
}

}  // namespace assay::plan
