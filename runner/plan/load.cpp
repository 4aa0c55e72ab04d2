#include "runner/plan/load.h"

#include "runner/config/composition.h"
#include "runner/config/overrides.h"
#include "runner/plan/make_plan.h"
#include "runner/plan/schema.h"

namespace assay::plan {

std::optional<Plan> load(const std::string& config_path, std::span<const std::string> overrides,
                         Catalogue& catalogue, config::Diagnostics& diagnostics) {
  const config::StaysWithPlace stays = stays_with_place;
  config::Composition composition(stays, diagnostics);
  std::optional<config::Node> config = composition.file(config_path);
  if (!config) return std::nullopt;
  config::apply_overrides(*config, overrides, composition, diagnostics);
  std::optional<Plan> plan = make_plan(*config, catalogue, diagnostics);
  if (!diagnostics.empty() || !plan) return std::nullopt;
  plan->source = config->where.source;
  plan->sources = composition.sources();
  return plan;
}

}  // namespace assay::plan
