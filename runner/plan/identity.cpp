#include "runner/plan/identity.h"

#include <fmt/format.h>

#include <bit>
#include <cstdint>
#include <iterator>
#include <utility>
#include <variant>

namespace assay::plan {
namespace {

// Appends values to a text. Texts have their length before them, and each other value a letter of
// its type, so that different values have different texts.
class Identity {
 public:
  std::string text;

  void add(const ComponentPlan& component) {
    text += 'c';
    add(static_cast<std::int64_t>(component.kind));
    add(component.type);
    add(component.values);
  }

 private:
  void add(std::monostate) { text += 'n'; }
  void add(bool value) { text += value ? 't' : 'f'; }
  void add(std::int64_t value) { fmt::format_to(std::back_inserter(text), "i{} ", value); }
  void add(double value) {
    fmt::format_to(std::back_inserter(text), "d{:x} ", std::bit_cast<std::uint64_t>(value));
  }
  void add(const std::string& value) {
    fmt::format_to(std::back_inserter(text), "s{} {}", value.size(), value);
  }
  void add(const List& list) {
    fmt::format_to(std::back_inserter(text), "l{} ", list.size());
    for (const Value& value : list) add(value);
  }
  void add(const Values& values) {
    fmt::format_to(std::back_inserter(text), "v{} ", values.entries().size());
    for (const auto& [name, value] : values.entries()) {
      add(name);
      add(value);
    }
  }
  void add(const Value& value) {
    std::visit([this](const auto& data) { add(data); }, value.data);
  }
};

}  // namespace

std::string identity(const ComponentPlan& component) {
  Identity identity;
  identity.add(component);
  return std::move(identity.text);
}

}  // namespace assay::plan
