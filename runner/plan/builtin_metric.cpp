#include "runner/plan/builtin_metric.h"

#include <algorithm>
#include <string>

#include "runner/base/wording.h"

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

}  // namespace assay::plan
