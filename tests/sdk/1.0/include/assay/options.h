// The options of a component: a plain struct, and a table that binds each of its members.
//
//   struct Options {
//     assay::Rate learning_rate;
//     double decay = 0.9;
//     bool nesterov = false;
//   };
//   static constexpr auto table = assay::options(
//       assay::required("learning_rate", &Options::learning_rate, "size of a step",
//                       {.minimum = 0}),
//       assay::option("decay", &Options::decay, "decay of the trace", {.minimum = 0, .maximum =
//       1}), assay::option("nesterov", &Options::nesterov, "look ahead along the trace"));
//
//   explicit Momentum(const Options& options);
//
// The member's type is the option's type, and its initial value is the default:
//
//   bool, std::int64_t, double   a boolean, an integer, a number
//   std::string_view             a text
//   Path                         a file
//   an enumeration               one of the words in `choices`, which stand in the order of the
//                                enumerators; these count from 0
//   Rate                         a number, or a schedule
//   TagText, ValueText           a tag of a hook, the name of a value
//   Nested<Loss>                 a component, of any kind
//   a struct with a `table`      a group of options
//   std::vector<T>               a list
//   std::optional<T>             may be absent: it is, unless the member has a value initially
//
// The host checks a config against the table before the component is made, `assay plugins describe`
// prints it, and the resolved plan holds every default. The compiler turns the defaults into text,
// so the struct must be one that it can make: numbers have at most 15 digits. Texts, and components
// within, live as long as the component that was made with them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <tuple>
#include <vector>

#include "assay/kind.h"
#include "assay/schedule.h"

namespace assay {

/// A learning rate or another number that may follow a schedule. It is cheap to copy. The host owns
/// the schedule, which lives as long as the component that was made with it.
class Rate {
 public:
  constexpr Rate() = default;
  constexpr Rate(double constant) : constant_(constant) {}
  /// For the host: `factor`, if it is not null, multiplies every value.
  Rate(double constant, const double* factor) : constant_(constant), factor_(factor) {}
  explicit Rate(const Schedule& schedule, const double* factor = nullptr)
      : schedule_(&schedule), factor_(factor) {}
  /// Gives an option a schedule as its default, written as in a config: "{type: cosine, ...}".
  constexpr explicit Rate(std::string_view written) : written_(written) {}

  /// Returns the value for the update that follows `count` finished updates (0 for the first), as
  /// optax counts. The value is finite and within the bounds of the option, except that a hook may
  /// multiply the rates of an optimizer by a factor (acts.h). Throws if a schedule
  /// gives any other value; do not catch that. Do not call it in constructors: a schedule knows its
  /// length only after all components are made.
  double at(std::int64_t count) const {
    const double value = schedule_ != nullptr ? schedule_->value(count) : constant_;
    return factor_ != nullptr ? *factor_ * value : value;
  }

  /// Return the default that an option has before the host sets it.
  constexpr double constant() const { return constant_; }
  constexpr std::string_view written() const { return written_; }

 private:
  const Schedule* schedule_ = nullptr;
  double constant_ = 0;
  const double* factor_ = nullptr;
  std::string_view written_;
};

/// A component of the kind T (Schedule, Renderer, Loss, Optimizer, ...) that an option names. The
/// host makes and owns it; it outlives the component that was made with it.
template <class T>
class Nested {
 public:
  constexpr Nested() = default;
  explicit Nested(T& component) : component_(&component) {}
  /// Gives an option its default, written as in a config: "sgd", "{type: sgd, ...}".
  constexpr explicit Nested(std::string_view written) : written_(written) {}

  T& operator*() const { return *component_; }
  T* operator->() const { return component_; }
  /// Returns the default that an option has before the host sets it.
  constexpr std::string_view written() const { return written_; }

 private:
  T* component_ = nullptr;
  std::string_view written_;
};

/// The absolute path of a file. The host does not check that the file exists. In a config a path is
/// relative to the file that holds it, and "assay:NAME" is in Assay's data folder.
struct Path {
  std::string_view text;
};

/// The name of a curve, a picture or a text in the logs: see HookContext.
struct TagText {
  std::string_view text;
};

/// The name of a value that a hook reads: "test.loss". The host checks its form. Hand it to
/// HookNeeds::value.
struct ValueText {
  std::string_view text;
};

/// The values that an option may have.
struct Limits {
  /// Inclusive bounds of numbers, of each element of a list of numbers, and of all values of a
  /// schedule.
  double minimum = -std::numeric_limits<double>::infinity();
  double maximum = std::numeric_limits<double>::infinity();
  /// True if the bound itself is not allowed.
  bool exclusive_minimum = false;
  bool exclusive_maximum = false;
  /// The words of an enumeration, separated by '|': "sum|mean".
  const char* choices = nullptr;
};

namespace detail {

template <class Owner, class Member>
struct Bound {
  using member_type = Member;

  const char* name;
  Member Owner::*member;
  const char* doc;
  Limits limits;
  bool is_required;
};

template <class... Options>
struct OptionTable {
  static constexpr std::size_t size = sizeof...(Options);

  std::tuple<Options...> bound;
};

}  // namespace detail

/// Binds a member that keeps its initial value where a config does not set it. `doc` is one line.
template <class Owner, class Member>
constexpr detail::Bound<Owner, Member> option(const char* name, Member Owner::*member,
                                              const char* doc, const Limits& limits = {}) {
  return {name, member, doc, limits, false};
}

/// Binds a member that every config must set.
template <class Owner, class Member>
constexpr detail::Bound<Owner, Member> required(const char* name, Member Owner::*member,
                                                const char* doc, const Limits& limits = {}) {
  return {name, member, doc, limits, true};
}

/// Returns the table of a struct's options, in the order in which they are shown.
template <class... Options>
constexpr detail::OptionTable<Options...> options(const Options&... bound) {
  return {{bound...}};
}

}  // namespace assay
