#include "runner/plan/load.h"

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

#include "runner/config/composition.h"
#include "runner/config/overrides.h"
#include "runner/config/reader.h"
#include "runner/plan/make_plan.h"
#include "runner/plan/schema.h"

namespace assay::plan {

namespace {

// Arguments may pick from the loggers that are there by default.
void make_defaults_reachable(config::Node& config, std::span<const std::string> overrides) {
  if (config.find("loggers") != nullptr) return;
  const bool picked = std::ranges::any_of(overrides, [](std::string_view argument) {
    argument.remove_prefix(std::min(argument.find_first_not_of("+~"), argument.size()));
    return argument.starts_with("loggers.");
  });
  if (!picked) return;
  const char* const fallback = parameter(experiment_parameters(), "loggers").fallback;
  config::Diagnostics none;
  auto list = config::read_value(
      std::make_shared<const config::Source>(config::Source{"default", {}, fallback}), 0, none);
  list->where = {};
  for (config::Node& logger : list->list) logger.where = {};
  config.map.push_back({"loggers", {}, std::move(*list)});
}

}  // namespace

std::optional<Plan> load(const std::string& config_path, std::span<const std::string> overrides,
                         Catalogue& catalogue, config::Diagnostics& diagnostics) {
  const config::StaysWithPlace stays = stays_with_place;
  config::Composition composition(stays, diagnostics);
  std::optional<config::Node> config = composition.file(config_path);
  if (!config) return std::nullopt;
  make_defaults_reachable(*config, overrides);
  config::apply_overrides(*config, overrides, composition, diagnostics);
  std::optional<Plan> plan = make_plan(*config, catalogue, diagnostics);
  if (!diagnostics.empty() || !plan) return std::nullopt;
  plan->source = config->where.source;
  plan->sources = composition.sources();
  return plan;
}

}  // namespace assay::plan
