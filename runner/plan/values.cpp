#include "runner/plan/values.h"

#include <algorithm>

#include "runner/config/key_lookup.h"

namespace assay::plan {
namespace {

// Returns null unless `text` is the number of an element.
const Value* element(const List& list, std::string_view text) {
  const auto index = config::index_of(text);
  return index && *index < list.size() ? &list[*index] : nullptr;
}

}  // namespace

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
  const List* list = nullptr;
  while (!path.empty()) {
    const std::string_view name = path.substr(0, path.find('.'));
    const Value* value = list != nullptr ? element(*list, name)
                         : at != nullptr ? at->find(name)
                                         : nullptr;
    if (value == nullptr) break;
    way.push_back(value);
    path.remove_prefix(std::min(name.size() + 1, path.size()));
    list = std::get_if<List>(&value->data);
    const auto* component = std::get_if<ComponentPlan>(&value->data);
    at = component != nullptr ? &component->values : std::get_if<Values>(&value->data);
  }
  return way;
}

}  // namespace assay::plan
