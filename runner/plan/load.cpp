#include "runner/plan/load.h"

#include "runner/config/overrides.h"
#include "runner/config/reader.h"
#include "runner/plan/make_plan.h"
#include "runner/plan/schema.h"

namespace assay::plan {

std::optional<Plan> load(const std::string& config_path, std::span<const std::string> overrides,
                         Catalogue& catalogue, config::Diagnostics& diagnostics) {
  std::optional<config::Node> config = config::read_file(config_path, diagnostics);
  if (!config) return std::nullopt;
  config::apply_overrides(*config, overrides, stays_with_place, diagnostics);
  std::optional<Plan> plan = make_plan(*config, catalogue, diagnostics);
  if (!diagnostics.empty() || !plan) return std::nullopt;
  plan->source = config->where.source;
  return plan;
}

}  // namespace assay::plan
