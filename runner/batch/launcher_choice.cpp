#include "runner/batch/launcher_choice.h"

#include <fmt/format.h>

#include <memory>
#include <utility>
#include <vector>

#include "runner/config/composition.h"
#include "runner/config/defaults.h"
#include "runner/config/interpolation.h"
#include "runner/config/overrides.h"
#include "runner/plan/validator.h"

namespace assay::batch {
namespace {

constexpr const char* key = "launcher";

// Returns the problems with the name of the option as their source.
void hand_over(const config::Diagnostics& found, config::Diagnostics& diagnostics) {
  for (config::Diagnostic d : found.sorted()) {
    if (d.where.source && d.where.is_in_argument())
      d.where.source = std::make_shared<const config::Source>(
          config::Source{"--launcher", {}, d.where.source->text});
    if (d.severity == config::Severity::error) diagnostics.error(d.where, d.key, d.message, d.hint);
    else diagnostics.warning(d.where, d.key, d.message, d.hint);
  }
}

}  // namespace

std::optional<plan::ComponentPlan> chosen_launcher(std::span<const std::string> arguments,
                                                   plan::Catalogue& catalogue,
                                                   config::Diagnostics& diagnostics) {
  const std::string of_option = fmt::format("{}.", key);
  std::vector<std::string> settings;
  for (const std::string& argument : arguments)
    settings.push_back(argument.starts_with(of_option) ? argument
                                                       : fmt::format("{}={}", key, argument));
  config::Diagnostics found;
  config::Node root;
  root.kind = config::Node::Kind::map;
  root.map.push_back({key, {}, config::scalar(usual_launcher)});
  const config::StaysWithPlace stays = [](auto, auto) { return true; };
  config::Composition composition(stays, found);
  config::apply_overrides(root, settings, composition, config::Defaults(), found);
  if (found.empty()) config::interpolate(root, config::Defaults(), found);
  std::optional<plan::ComponentPlan> chosen;
  if (const config::Node* node = root.find(key); found.empty() && node != nullptr) {
    auto placed = plan::Validator(catalogue, found).component(*node, Kind::launcher, key);
    if (found.empty()) chosen = std::move(placed.component);
  }
  hand_over(found, diagnostics);
  return chosen;
}

}  // namespace assay::batch
