#include "runner/plan/make_plan.h"

#include <filesystem>
#include <utility>

#include "runner/base/utf8.h"
#include "runner/config/interpolation.h"
#include "runner/plan/option_walk.h"
#include "runner/plan/planner.h"
#include "runner/plan/schema.h"

namespace assay::plan {
namespace {

using config::Node;

// Returns true if the config's name can name a folder. If not, another check reports the name.
bool has_name(Node config, Catalogue& catalogue) {
  config::Diagnostics none;
  config::interpolate(config, TableDefaults(catalogue), none);
  const Node& name = *config.find("name");
  return name.kind == Node::Kind::scalar;
}

// Adds the defaults that references may refer to.
void add_defaults(Node& config, Catalogue& catalogue) {
  const auto add = [&config](const char* key, std::string value, bool reported = false) {
    if (config.find(key) != nullptr) return;
    Node node;
    node.reported = reported;
    node.kind = Node::Kind::scalar;
    node.scalar = std::move(value);
    config.map.push_back({key, {}, std::move(node)});
  };
  const auto fallback = [](const char* key) {
    return std::string(parameter(experiment_parameters(), key).fallback);
  };
  const auto& source = config.where.source;
  const std::string stem =
      source == nullptr ? "" : std::filesystem::path(source->path).stem().string();
  const bool is_name =
      !stem.empty() && base::harmless(stem) == stem && stem.find("${") == stem.npos;
  add("name", is_name ? stem : "experiment");
  add("seed", fallback("seed"));
  const bool named = config.find("run_dir") != nullptr || has_name(config, catalogue);
  add("run_dir", named ? fallback("run_dir") : "", !named);  // which refers to the name
}

}  // namespace

Draft make_draft(const Node& config, Catalogue& catalogue, config::Diagnostics& diagnostics) {
  const std::size_t problems = diagnostics.size();
  Node complete = config;
  add_defaults(complete, catalogue);
  config::interpolate(complete, TableDefaults(catalogue), diagnostics);
  Draft draft = Planner(complete, catalogue, diagnostics).draft();
  draft.has_problems = diagnostics.size() > problems;
  return draft;
}

std::optional<const Plan> make_plan(const Node& config, Catalogue& catalogue,
                                    config::Diagnostics& diagnostics) {
  return make_draft(config, catalogue, diagnostics).finished();
}

}  // namespace assay::plan
