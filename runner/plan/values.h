// The values of a parameter table: checked against it, complete with defaults, typed.
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

/// In the order of the parameter table.
class Values {
 public:
  // Defined where Value is complete.
  Values();
  Values(const Values&);
  Values(Values&&) noexcept;
  Values& operator=(const Values&);
  Values& operator=(Values&&) noexcept;
  ~Values();

  /// Null when the table has no such parameter.
  const Value* find(std::string_view name) const;
  void add(std::string name, Value value);
  const std::vector<std::pair<std::string, Value>>& entries() const { return entries_; }

 private:
  std::vector<std::pair<std::string, Value>> entries_;
};

/// How far a component could be understood, in the plan of a config with problems.
enum class Soundness {
  sound,
  extra_keys,  ///< complete, but for what was meant by keys that its type does not have
  broken       ///< nothing that could be made
};

/// A component to make: `{type: NAME, ...}`.
struct ComponentPlan {
  Kind kind{};
  std::string type;
  Values values;
  config::Location where;  ///< of the type's name
  Soundness soundness = Soundness::sound;
};

using List = std::vector<Value>;

struct Value {
  /// monostate: the option is null. A path is held absolute, or as "assay:NAME".
  std::variant<std::monostate, bool, std::int64_t, double, std::string, List, Values, ComponentPlan>
      data;
  config::Location where;  ///< nowhere for a default
};

/// What an option holds; nothing where it is null or absent, or where it was reported.
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

/// The values on the way to `path`, "learning_rate.init_value", through groups, nested components
/// and lists ("schedules.0"); it ends where there is no such option.
std::vector<const Value*> way_to(const Values& values, std::string_view path);

}  // namespace assay::plan
