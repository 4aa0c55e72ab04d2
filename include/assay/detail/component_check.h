// Checks at compile time that a component's class meets the requirements of ASSAY_PLUGIN.
#pragma once

#include <cstddef>
#include <type_traits>

#include "assay/detail/option_table.h"
#include "assay/detail/table_mistake.h"
#include "assay/host.h"
#include "assay/text.h"

namespace assay {

struct About;
class Dataset;
class GradientTransform;
class Hook;
class Launcher;
class Logger;
class Loss;
class Metric;
class Model;
class Optimizer;
class Renderer;
class Schedule;
class Transform;

namespace detail {

template <class T>
concept HasAbout = requires {
  typename std::bool_constant<T::about.name == nullptr && T::about.doc == nullptr>;
  requires std::is_same_v<std::remove_cvref_t<decltype(T::about)>, About>;
};
template <class T>
concept HasOptions = requires {
  typename T::Options;
};
// The object is not const: g++ 12 does not initialize a const std::vector while compiling.
template <class Options>
constexpr bool is_made() {
  Options options{};
  static_cast<void>(options);
  return true;
}
template <class T>
concept HasConstantOptions = std::is_default_constructible_v<typename T::Options> && requires {
  typename std::bool_constant<is_made<typename T::Options>()>;
};
template <class T>
concept HasBoundOptions = HasOptions<T> && HasTable<T> && requires {
  typename std::bool_constant<(static_cast<void>(T::table), true)>;
};
template <class T>
using Parameters = ParameterTable<Initial<typename T::Options>, T>;

template <class T>
constexpr OptionFinding member_finding() {
  if constexpr (HasBoundOptions<T>) return find_strange_member<T>();
  return {};
}

struct Findings {
  TableFinding table;
  OptionFinding option;
};
/// Returns what is wrong with the options, of which the types of all members are known to be right.
template <class T>
constexpr Findings findings() {
  Findings result{find_table_mistake<T>(), {}};
  if (result.table.mistake == TableMistake::none)
    result.option = find_option_mistake<Initial<typename T::Options>, T>();
  return result;
}

template <class T, class... Interfaces>
struct Bases {
  static constexpr int count = (0 + ... + int{std::is_convertible_v<T*, Interfaces*>});
  /// Returns a null pointer to the first interface that T derives from.
  static constexpr auto first() { return Bases::pick<Interfaces...>(); }

 private:
  template <class First, class... Rest>
  static constexpr auto pick() {
    if constexpr (std::is_convertible_v<T*, First*>) return static_cast<First*>(nullptr);
    else return Bases::pick<Rest...>();
  }
};
template <class T>
using Kinds = Bases<T, Dataset, GradientTransform, Hook, Launcher, Logger, Loss, Metric, Model,
                    Optimizer, Renderer, Schedule, Transform>;

/// Reports what is wrong with a table. The compiler adds the class and the number of the option.
template <class T, TableMistake mistake, std::size_t option>
constexpr void check_table() {
  using enum TableMistake;
  static_assert(mistake != name,
                "an option's name is missing, or is not made of lower-case "
                "letters, digits and underscores (a letter first); rename it");
  static_assert(mistake != twice, "two options have one name; rename one of them");
  static_assert(mistake != reserved, "'type' names the component itself; rename the option");
  static_assert(mistake != doc,
                "an option's doc must be one line of UTF-8 without control "
                "characters; write it so");
  static_assert(mistake != bounds,
                "nothing lies within an option's bounds; mend its minimum "
                "and maximum");
  static_assert(mistake != choices,
                "an enumeration's choices must be words separated by '|', each once, in the order "
                "of the enumerators; write for instance {.choices = \"sum|mean\"}");
  static_assert(mistake != endless,
                "there are more than 1024 options, or groups deeper than 16; "
                "make fewer of them");
  static_assert(mistake != fallback && mistake != type && mistake != kind && mistake != members,
                "the parameter table that was made from the options has a mistake");
}

/// Reports what is wrong with a member or its initial value.
template <class T, OptionMistake mistake, std::size_t option>
constexpr void check_option() {
  using enum OptionMistake;
  static_assert(mistake != member,
                "an option's member has a type that no option has; use bool, std::int64_t, double, "
                "std::string_view, an enumeration, assay::Path, Rate, TagText, ValueText, "
                "Nested<Kind>, a struct with a `table`, or std::vector and std::optional of them");
  static_assert(mistake != choices,
                "only an enumeration has choices; make the member one, or "
                "leave .choices out");
  static_assert(mistake != digits,
                "an option's initial value is not finite, or has more than 15 digits; write a "
                "default with fewer digits, such as 0.1 or 1e-8");
  static_assert(mistake != outside,
                "an option's initial value, its default, lies outside its bounds; mend one of "
                "them, or make the option assay::required");
  static_assert(mistake != word,
                "an option's initial value has no word among its choices; the words stand in the "
                "order of the enumerators, which count from 0");
  static_assert(mistake != line,
                "an option's initial value must be one line of UTF-8 without control characters; "
                "write it so");
  static_assert(mistake != component,
                "an option that is a component has no default; make it assay::required, or give "
                "the member one: assay::Nested<assay::Loss> loss{\"softmax_cross_entropy\"}");
  static_assert(mistake != group,
                "a group with an option that is required must be required, too; make it "
                "assay::required");
}

/// Returns true if T can be registered. If it cannot, the compiler reports all the reasons at once.
template <class T>
constexpr bool check_component() {
  constexpr int kinds = Kinds<T>::count;
  static_assert(kinds > 0,
                "this component derives from no interface; derive it publicly from the "
                "one of its kind: class Mine final : public assay::Optimizer");
  static_assert(kinds < 2,
                "this component derives from several kinds' interfaces; make one class "
                "of each");
  constexpr bool has_about = HasAbout<T>;
  static_assert(has_about,
                "this component says nothing about itself; give it a public member "
                "static constexpr assay::About about = {.name = \"mine\", .doc = "
                "\"One line.\"};");
  constexpr bool named = [] {
    if constexpr (HasAbout<T>) return T::about.name != nullptr && is_name(T::about.name);
    else return true;
  }();
  static_assert(named,
                "about.name is missing, or is not made of lower-case letters, digits and "
                "underscores (a letter first); rename it");
  constexpr bool documented = [] {
    if constexpr (HasAbout<T>)
      return T::about.doc != nullptr && *T::about.doc != '\0' && is_line(T::about.doc);
    else return true;
  }();
  static_assert(documented,
                "about.doc must be one line of UTF-8 without control characters, and "
                "not empty; say what the component is");
  constexpr bool has_options = HasOptions<T>;
  constexpr bool bound = !has_options || HasBoundOptions<T>;
  static_assert(bound,
                "no table binds the Options of this component; declare a public member static "
                "constexpr auto table = assay::options(...); (where it is, another error within "
                "the table is the cause)");
  constexpr bool constant = !has_options || HasConstantOptions<T>;
  static_assert(constant,
                "Options cannot be made while compiling; give its members the types that options.h "
                "names, and constants as initial values (with -D_GLIBCXX_DEBUG, std::vector is no "
                "constant)");
  constexpr OptionFinding strange = member_finding<T>();
  check_option<T, strange.mistake, strange.option>();
  constexpr bool right = bound && constant && strange.mistake == OptionMistake::none;
  constexpr Findings found = [] {
    if constexpr (has_options && right) return findings<T>();
    else return Findings{};
  }();
  check_table<T, found.table.mistake, found.table.parameter>();
  check_option<T, found.option.mistake, found.option.option>();
  // The compiler itself names the functions that an abstract class lacks.
  constexpr bool constructible = std::is_abstract_v<T> || [] {
    if constexpr (has_options)
      return std::is_constructible_v<T, const typename T::Options&> ||
             std::is_constructible_v<T, const typename T::Options&, const Host&>;
    else return std::is_default_constructible_v<T> || std::is_constructible_v<T, const Host&>;
  }();
  static_assert(constructible,
                "this component cannot be made; give it a public constructor: without options "
                "Mine(), with them explicit Mine(const Options& options); const assay::Host& may "
                "be one more argument");
  return kinds == 1 && has_about && named && documented && right && constructible &&
         found.table.mistake == TableMistake::none && found.option.mistake == OptionMistake::none;
}

}  // namespace detail
}  // namespace assay
