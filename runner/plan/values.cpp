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

std::vector<const Value*> way_to(const Values& values, std::string_view path) {
  std::vector<const Value*> way;
  const Values* at = &values;
  while (at != nullptr && !path.empty()) {
    const std::string_view name = path.substr(0, path.find('.'));
    const Value* value = at->find(name);
    if (value == nullptr) break;
    way.push_back(value);
    path.remove_prefix(std::min(name.size() + 1, path.size()));
    const auto* component = std::get_if<ComponentPlan>(&value->data);
    at = component != nullptr ? &component->values : std::get_if<Values>(&value->data);
  }
  return way;
}

}  // namespace assay::plan
