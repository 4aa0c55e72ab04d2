// The values of a parameter table: checked, typed, and complete with defaults.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "assay/kind.h"
#include "runner/config/source.h"

namespace assay::plan {

struct Value;

/// Values in the order of the parameter table.
class Values {
 public:
  // Defined where Value is complete.
  Values();
  Values(const Values&);
  Values(Values&&) noexcept;
  Values& operator=(const Values&);
  Values& operator=(Values&&) noexcept;
  ~Values();

  /// Returns null if the table has no such parameter.
  const Value* find(std::string_view name) const;
  void add(std::string name, Value value);
  const std::vector<std::pair<std::string, Value>>& entries() const { return entries_; }

 private:
  std::vector<std::pair<std::string, Value>> entries_;
};

/// A component to create: `{type: NAME, ...}`.
struct ComponentPlan {
  Kind kind{};
  std::string type;
  Values values;
  config::Location where;  ///< of the type's name
};

using List = std::vector<Value>;

struct Value {
  /// monostate: the option is null. A path is held absolute, or as "assay:NAME".
  std::variant<std::monostate, bool, std::int64_t, double, std::string, List, Values, ComponentPlan>
      data;
  config::Location where;  ///< nowhere for a default
};

/// Returns the value of an option; nothing if it is null, absent or was reported as wrong.
template <class T>
std::optional<T> optional(const Value& value) {
  const T* data = std::get_if<T>(&value.data);
  return data == nullptr ? std::nullopt : std::optional<T>(*data);
}
template <class T>
std::optional<T> optional(const Values& values, std::string_view name) {
  const Value* value = values.find(name);
  return value == nullptr ? std::nullopt : optional<T>(*value);
}

/// Returns the values on the way to `path`, "learning_rate.init_value", through groups, nested
/// components and lists ("schedules.0"). Ends at the first option that does not exist.
std::vector<const Value*> way_to(const Values& values, std::string_view path);

}  // namespace assay::plan
