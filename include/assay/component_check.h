// Checks at compile time that a component's class meets the requirements of ASSAY_PLUGIN.
#pragma once

#include <cstddef>
#include <type_traits>

#include "assay/options.h"
#include "assay/table_mistake.h"
#include "assay/text.h"

namespace assay {

struct About;
class Dataset;
class Hook;
class Logger;
class Loss;
class Metric;
class Model;
class Optimizer;
class Renderer;
class Schedule;

namespace detail {

template <class T>
concept HasAbout = requires {
  typename std::bool_constant<T::about.name == nullptr && T::about.doc == nullptr>;
  requires std::is_same_v<std::remove_cvref_t<decltype(T::about)>, About>;
};
template <class T>
concept MentionsParameters = requires {
  T::parameters;
};
template <class T>
concept HasParameters = requires {
  typename std::bool_constant<(find_mistake(T::parameters), true)>;
};

template <class T>
constexpr TableFinding table_finding() {
  if constexpr (HasParameters<T>) return find_mistake(T::parameters);
  return {};
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
using Kinds = Bases<T, Dataset, Hook, Logger, Loss, Metric, Model, Optimizer, Renderer, Schedule>;

/// Reports what is wrong with a table. The compiler adds the class and the number of the parameter.
template <class T, TableMistake mistake, std::size_t parameter>
constexpr void check_table() {
  using enum TableMistake;
  static_assert(mistake != name,
                "a parameter's name is missing, or is not made of lower-case "
                "letters, digits and underscores (a letter first); rename it");
  static_assert(mistake != twice, "two parameters have one name; rename one of them");
  static_assert(mistake != reserved, "'type' names the component itself; rename the parameter");
  static_assert(mistake != doc,
                "a parameter's doc must be one line of UTF-8 without control "
                "characters; write it so");
  static_assert(mistake != fallback,
                "a parameter's fallback must be one line of UTF-8 without "
                "control characters; write lists as [1, 2]");
  static_assert(mistake != type, "a parameter's type is none of assay::ParameterType");
  static_assert(mistake != bounds,
                "nothing lies within a parameter's bounds; mend its minimum "
                "and maximum");
  static_assert(mistake != choices,
                "a parameter's choices must be words separated by '|', each once; write "
                "for instance .choices = \"sum|mean\"");
  static_assert(mistake != kind,
                "Options can hand over schedules and renderers only: set .kind to "
                "one of them, or make a number that may follow a schedule a rate");
  static_assert(mistake != members, "a group has a member_count, but no members; set both");
  static_assert(mistake != endless,
                "a group contains itself, or there are more than 1024 "
                "parameters, or groups deeper than 16; end it");
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
  constexpr bool readable = !MentionsParameters<T> || HasParameters<T>;
  static_assert(
      readable,
      "`parameters` is no table that can be read while compiling; declare it "
      "static constexpr assay::Parameter parameters[] = {...}; (where it is, another "
      "error within the table is the cause; or, where it has hundreds of options, compile "
      "with -fconstexpr-ops-limit=1000000000, clang++ with -fconstexpr-steps=1000000000)");
  constexpr TableFinding finding = table_finding<T>();
  check_table<T, finding.mistake, finding.parameter>();
  // The compiler itself names the functions that an abstract class lacks.
  constexpr bool constructible =
      std::is_abstract_v<T> || std::is_constructible_v<T, const Options&>;
  static_assert(constructible,
                "this component cannot be made from its options; give it a public "
                "constructor: explicit Mine(const assay::Options& options)");
  return kinds == 1 && has_about && named && documented && readable && constructible &&
         finding.mistake == TableMistake::none;
}

}  // namespace detail
}  // namespace assay
