#include "runner/plan/placeholders.h"

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "runner/config/reference.h"
#include "runner/config/secret.h"
#include "runner/plan/text_options.h"

namespace assay::plan {
namespace {

enum class Home { run_dir, tag, text, nowhere };

Home home_of(std::string_view name) {
  if (name.starts_with("now:")) return Home::run_dir;
  if (config::is_secret(name)) return Home::text;
  return name == "step" || name == "epoch" ? Home::tag : Home::nowhere;
}

void check(const TextOption& option, Home here, config::Diagnostics& diagnostics) {
  std::size_t at = 0;
  while (const auto reference = config::next_reference(option.text, at)) {
    at = reference->end;
    const Home home = home_of(reference->name);
    if (home != Home::nowhere && home == here) continue;
    diagnostics.error(option.where, option.key,
                      fmt::format("'${{{}}}' has no value here", reference->name),
                      home == Home::run_dir ? "the time is for run_dir"
                      : home == Home::tag   ? "it is for the tags of hooks"
                      : home == Home::text  ? "a secret is for texts that only a component reads"
                                            : "");
  }
}

void check(const ComponentPlan& component, const std::string& key,
           config::Diagnostics& diagnostics) {
  each_text(component.values, key, [&](const TextOption& option) {
    const bool is_tag = component.kind == Kind::hook && option.key == key + ".tag";
    check(option, is_tag ? Home::tag : Home::text, diagnostics);
  });
}

}  // namespace

void check_placeholders(const Draft& draft, const config::Node& config,
                        config::Diagnostics& diagnostics) {
  const auto check_text = [&](const std::string& key, const std::string& text, Home here) {
    const config::Node* node = config.find(key);
    if (node == nullptr || node->where.source == nullptr) return;  // made from checked values
    check(TextOption{key, key, text, node->where}, here, diagnostics);
  };
  check_text("name", draft.name, Home::nowhere);
  check_text("run_dir", draft.run_dir, Home::run_dir);
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
