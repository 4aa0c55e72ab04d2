#include "runner/plan/draft.h"

#include <utility>

#include "runner/plan/emit.h"

namespace assay::plan {

Plan::Plan(Content content) : Content(std::move(content)), yaml(emit(*this)) {}

Soundness Draft::soundness(std::string_view key) const {
  const auto found = unsound.find(key);
  return found == unsound.end() ? Soundness::sound : found->second;
}

std::optional<const Plan> Draft::finished() && {
  if (has_problems) return std::nullopt;
  return Plan(std::move(*this));
}

}  // namespace assay::plan
