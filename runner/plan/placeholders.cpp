#include "runner/plan/placeholders.h"

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "runner/config/reference.h"
#include "runner/plan/tag.h"
#include "runner/plan/text_options.h"

namespace assay::plan {
namespace {

using config::FilledBy;

std::string hint_for(FilledBy by) {
  switch (by) {
    case FilledBy::run_dir: return "the time is for run_dir";
    case FilledBy::tag: return "it is for the tags of hooks";
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

void check(const ComponentPlan& component, const std::string& key,
           config::Diagnostics& diagnostics) {
  each_text(component.values, key, [&](const TextOption& option) {
    const bool is_tag =
        holds_tag(component.kind, std::string_view(option.key).substr(key.size() + 1));
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
  for (const NamedComponent& m : draft.metrics)
    check(m.component, "metrics." + m.name, diagnostics);
  for (const HookPlan& h : draft.hooks) check(h.component, "hooks." + h.name, diagnostics);
  for (const NamedComponent& l : draft.loggers)
    check(l.component, "loggers." + l.name, diagnostics);
}

}  // namespace assay::plan
