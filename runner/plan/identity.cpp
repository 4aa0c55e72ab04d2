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
  void add(const std::optional<std::int64_t>& number) {
    if (number) add(*number);
    else add(std::monostate());
  }
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

template <class... Parts>
std::string identity_of(const Parts&... parts) {
  Identity identity;
  (identity.add(parts), ...);
  return std::move(identity.text);
}

}  // namespace

std::string identity(const ComponentPlan& component) { return identity_of(component); }

// The members are named one by one, so that a new one does not compile until it is counted here.
std::string identity(const std::optional<SplitPlan>& split) {
  if (!split) return identity_of(std::monostate());
  const auto& [test, validation, seed, where] = *split;
  return identity_of(test, validation, std::bit_cast<std::int64_t>(seed));
}

std::string identity(const TrainPlan& train) {
  const auto& [epochs, steps, batch_size, shuffle, on_nan, lanes, block_rows, where] = train;
  return identity_of(epochs, steps, batch_size, shuffle, on_nan == OnNan::stop, lanes, block_rows);
}

std::string identity(const Trigger& trigger) {
  const auto& [every, every_epoch, times, at, from, until, at_end] = trigger;
  std::string text = identity_of(every, every_epoch, times, from, until, at_end);
  for (const std::int64_t step : at) text += identity_of(step);
  return text;
}

}  // namespace assay::plan
