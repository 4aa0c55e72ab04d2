#include "runner/experiment/blame.h"

#include "runner/config/wording.h"

namespace assay::experiment {

void Blame::report(const Part& part, const std::string& option, const std::string& message,
                   const std::string& hint) {
  config::Location where = part.where;
  std::string key = part.key;
  if (part.component != nullptr) {
    const auto way = plan::way_to(part.component->values, option);
    for (const plan::Value* value : way)
      if (value->where.source != nullptr) where = value->where;
    if (!way.empty()) key = config::joined(key, option);
  }
  diagnostics_.error(where, key, message, hint);
}

}  // namespace assay::experiment
