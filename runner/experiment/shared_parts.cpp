#include "runner/experiment/shared_parts.h"

namespace assay::experiment {

SharedParts::SharedParts()
    : memory_(base::memory_given()),
      cores_(base::cores_given()),
      held_(static_cast<double>(base::memory_held().value_or(0))) {}

void SharedParts::make_room() {
  if (base::memory_held().value_or(0) > memory_.amount / 4) parts_.clear();
}

std::shared_ptr<train::ThreadTeam> SharedParts::team(int threads) {
  std::shared_ptr<train::ThreadTeam>& team = teams_[threads];
  if (!team) team = std::make_shared<train::ThreadTeam>(threads);
  return team;
}

}  // namespace assay::experiment
