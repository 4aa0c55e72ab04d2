#include "runner/plan/values.h"

#include <algorithm>

namespace assay::plan {

Values::Values() = default;
Values::Values(const Values&) = default;
Values::Values(Values&&) noexcept = default;
Values& Values::operator=(const Values&) = default;
Values& Values::operator=(Values&&) noexcept = default;
Values::~Values() = default;

const Value* Values::find(std::string_view name) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [name](const auto& entry) { return entry.first == name; });
  return found == entries_.end() ? nullptr : &found->second;
}

void Values::add(std::string name, Value value) {
  entries_.emplace_back(std::move(name), std::move(value));
}

}  // namespace assay::plan
