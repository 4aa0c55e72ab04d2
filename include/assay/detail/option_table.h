// The machinery behind options.h. While compiling, it turns a struct of options and the table that
// binds its members into the parameter table of the manifest, defaults included. At run time it
// fills the struct from the values of the host.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "assay/detail/default_text.h"
#include "assay/detail/option_source.h"
#include "assay/detail/table_mistake.h"
#include "assay/options.h"
#include "assay/parameter.h"

namespace assay::detail {

template <class T>
inline constexpr bool is_table = false;
template <class... Options>
inline constexpr bool is_table<OptionTable<Options...>> = true;

/// A struct or a component with a `table`.
template <class T>
concept HasTable = requires {
  requires is_table<std::remove_cvref_t<decltype(T::table)>>;
};

/// The parts of a member's type: std::optional<std::vector<value>>.
template <class T>
struct OptionParts {
  using value = T;
  static constexpr bool list = false;
  static constexpr bool nullable = false;
};
template <class T>
struct OptionParts<std::vector<T>> {
  using value = T;
  static constexpr bool list = true;
  static constexpr bool nullable = false;
};
template <class T>
struct OptionParts<std::optional<T>> {
  using value = typename OptionParts<T>::value;
  static constexpr bool list = OptionParts<T>::list;
  static constexpr bool nullable = true;
};

template <class T>
inline constexpr bool is_nested = false;
template <class T>
inline constexpr bool is_nested<Nested<T>> = true;

template <class Holder>
using Table = std::remove_cvref_t<decltype(Holder::table)>;
/// The option at a place of a table, and the type of its member.
template <class Holder, std::size_t place>
inline constexpr const auto& bound_at = std::get<place>(Holder::table.bound);
template <class Holder, std::size_t place>
using MemberAt =
    typename std::remove_cvref_t<decltype(std::get<place>(Holder::table.bound))>::member_type;

/// Returns true if an option can have this type.
template <class T>
constexpr bool is_option_value() {
  return std::is_same_v<T, bool> || std::is_same_v<T, std::int64_t> || std::is_same_v<T, double> ||
         std::is_same_v<T, std::string_view> || std::is_same_v<T, Path> ||
         std::is_same_v<T, Rate> || std::is_same_v<T, TagText> || std::is_same_v<T, ValueText> ||
         std::is_enum_v<T> || is_nested<T> || HasTable<T>;
}

/// Returns the type of an option whose value has this type.
template <class T>
constexpr ParameterType type_of() {
  if constexpr (std::is_same_v<T, bool>) return ParameterType::boolean;
  else if constexpr (std::is_same_v<T, std::int64_t>) return ParameterType::integer;
  else if constexpr (std::is_same_v<T, double>) return ParameterType::number;
  else if constexpr (std::is_same_v<T, std::string_view>) return ParameterType::text;
  else if constexpr (std::is_same_v<T, Path>) return ParameterType::path;
  else if constexpr (std::is_enum_v<T>) return ParameterType::choice;
  else if constexpr (std::is_same_v<T, Rate>) return ParameterType::rate;
  else if constexpr (std::is_same_v<T, TagText>) return ParameterType::tag;
  else if constexpr (std::is_same_v<T, ValueText>) return ParameterType::value;
  else if constexpr (is_nested<T>) return ParameterType::component;
  else return ParameterType::group;
}

/// Calls function(std::integral_constant<std::size_t, place>()) for each place below the count.
template <std::size_t count, class Function>
constexpr void for_each_place(Function&& function) {
  [&]<std::size_t... places>(std::index_sequence<places...>) {
    (static_cast<void>(function(std::integral_constant<std::size_t, places>())), ...);
  }
  (std::make_index_sequence<count>());
}

/// Returns the word at a place in "a|b|c"; an empty text if there are fewer words.
constexpr std::string_view word_at(const char* choices, std::int64_t place) {
  if (choices == nullptr || place < 0) return {};
  std::string_view words = choices;
  for (; place > 0; --place) {
    const std::size_t end = words.find('|');
    if (end == words.npos) return {};
    words.remove_prefix(end + 1);
  }
  return words.substr(0, words.find('|'));
}

/// The mistakes in an option that its parameter does not show.
enum class OptionMistake : std::uint32_t {
  none,
  member,     ///< the member's type is none of an option
  choices,    ///< words for a member that is no enumeration
  digits,     ///< a default that is no number, or has too many digits
  outside,    ///< a default outside the bounds
  word,       ///< a default for which there is no word
  line,       ///< a default of more than a line
  component,  ///< a component without a default
  group,      ///< a group that may be left out, but has an option that must be given
};

constexpr bool is_within(double number, const Limits& limits) {
  return (limits.exclusive_minimum ? number > limits.minimum : number >= limits.minimum) &&
         (limits.exclusive_maximum ? number < limits.maximum : number <= limits.maximum);
}

/// Writes a default as a config would have it. Returns the first mistake.
template <class T>
constexpr OptionMistake write_default(DefaultWriter& out, const T& value, const Limits& limits) {
  using enum OptionMistake;
  const auto text = [&](std::string_view line) {
    out.text(line);
    return is_line(line) ? none : OptionMistake::line;
  };
  const auto number = [&](double given) {
    if (!out.number(given)) return digits;
    return is_within(given, limits) ? none : outside;
  };
  if constexpr (std::is_same_v<T, bool>) {
    out.add(value ? "true" : "false");
    return none;
  } else if constexpr (std::is_same_v<T, std::int64_t>) {
    out.integer(value);
    return is_within(static_cast<double>(value), limits) ? none : outside;
  } else if constexpr (std::is_same_v<T, double>) {
    return number(value);
  } else if constexpr (std::is_same_v<T, std::string_view>) {
    return text(value);
  } else if constexpr (std::is_same_v<T, Path> || std::is_same_v<T, TagText> ||
                       std::is_same_v<T, ValueText>) {
    return text(value.text);
  } else if constexpr (std::is_enum_v<T>) {
    const std::string_view chosen = word_at(limits.choices, static_cast<std::int64_t>(value));
    out.text(chosen);
    return chosen.empty() ? word : none;
  } else if constexpr (std::is_same_v<T, Rate>) {
    if (value.written().empty()) return number(value.constant());
    out.add(value.written());
    return is_line(value.written()) ? none : OptionMistake::line;
  } else if constexpr (is_nested<T>) {
    out.add(value.written());
    if (value.written().empty()) return component;
    return is_line(value.written()) ? none : OptionMistake::line;
  } else if constexpr (OptionParts<T>::nullable) {
    if (value) return write_default(out, *value, limits);
    out.add("null");
    return none;
  } else if constexpr (OptionParts<T>::list) {
    OptionMistake first = none;
    out.add("[");
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (i > 0) out.add(", ");
      const OptionMistake mistake =
          write_default(out, static_cast<const typename OptionParts<T>::value&>(value[i]), limits);
      if (first == none) first = mistake;
    }
    out.add("]");
    return first;
  } else {
    OptionMistake first = none;
    out.add("{");
    for_each_place<Table<T>::size>([&](auto place) {
      const auto& bound = bound_at<T, place>;
      if (place > 0) out.add(", ");
      out.add(bound.name == nullptr ? "" : bound.name);
      out.add(": ");
      const OptionMistake mistake = write_default(out, value.*bound.member, bound.limits);
      if (first == none) first = mistake;
    });
    out.add("}");
    return first;
  }
}

/// The options of a component or of an element of a list, with their initial values.
template <class Options>
struct Initial {
  static constexpr Options get() { return Options{}; }
};
/// The group at a place, with the initial values that it has in the struct around it.
template <class From, class Holder, std::size_t place>
struct InitialGroup {
  static constexpr auto get() {
    using Member = MemberAt<Holder, place>;
    if constexpr (HasTable<Member>) return From::get().*bound_at<Holder, place>.member;
    else return typename OptionParts<Member>::value{};
  }
};

/// The default of an option as text with static lifetime.
template <class From, class Holder, std::size_t place>
struct DefaultText {
  struct Measured {
    std::size_t size;
    OptionMistake mistake;
  };
  static constexpr OptionMistake write(DefaultWriter& out) {
    if constexpr (HasTable<MemberAt<Holder, place>>) {  // its members have defaults of their own
      out.add("{}");
      return OptionMistake::none;
    } else {
      const auto& bound = bound_at<Holder, place>;
      return write_default(out, From::get().*bound.member, bound.limits);
    }
  }
  static constexpr Measured measured = [] {
    DefaultWriter out(nullptr);
    const OptionMistake mistake = write(out);
    return Measured{out.size(), mistake};
  }();
  static constexpr std::array<char, measured.size + 1> text = [] {
    std::array<char, measured.size + 1> characters{};
    DefaultWriter out(characters.data());
    write(out);
    return characters;
  }();
};

/// The parameter table of a struct of options.
template <class From, class Holder>
struct ParameterTable {
  static constexpr std::size_t count = Table<Holder>::size;

  template <std::size_t place>
  using Group = ParameterTable<InitialGroup<From, Holder, place>,
                               typename OptionParts<MemberAt<Holder, place>>::value>;

  template <std::size_t place>
  static constexpr Parameter parameter() {
    using Member = MemberAt<Holder, place>;
    using Value = typename OptionParts<Member>::value;
    const auto& bound = bound_at<Holder, place>;
    Parameter result;
    result.name = bound.name;
    result.type = type_of<Value>();
    result.doc = bound.doc;
    if (!bound.is_required) result.fallback = DefaultText<From, Holder, place>::text.data();
    result.minimum = bound.limits.minimum;
    result.maximum = bound.limits.maximum;
    result.exclusive_minimum = bound.limits.exclusive_minimum;
    result.exclusive_maximum = bound.limits.exclusive_maximum;
    result.list = OptionParts<Member>::list;
    result.choices = bound.limits.choices;
    if constexpr (is_nested<Value>)
      result.kind = std::remove_cvref_t<decltype(*std::declval<Value>())>::kind;
    if constexpr (HasTable<Value>) {
      result.members = Group<place>::parameters.data();
      result.member_count = static_cast<std::uint32_t>(Group<place>::count);
    }
    return result;
  }
  static constexpr std::array<Parameter, count> parameters =
      []<std::size_t... places>(std::index_sequence<places...>) {
    return std::array<Parameter, count>{parameter<places>()...};
  }
  (std::make_index_sequence<count>());
};

struct OptionFinding {
  OptionMistake mistake = OptionMistake::none;
  std::size_t option = 0;
};

/// Finds the first member, of the table or of a group in it, whose type is none of an option.
template <class Holder>
constexpr OptionFinding find_strange_member() {
  OptionFinding finding;
  for_each_place<Table<Holder>::size>([&](auto place) {
    using Value = typename OptionParts<MemberAt<Holder, place>>::value;
    bool strange = !is_option_value<Value>();
    if constexpr (HasTable<Value>)
      strange = find_strange_member<Value>().mistake != OptionMistake::none;
    if (strange && finding.mistake == OptionMistake::none) finding = {OptionMistake::member, place};
  });
  return finding;
}

/// Returns the total number of options, those of groups included.
template <class Holder>
constexpr std::size_t count_options() {
  std::size_t count = 0;
  for_each_place<Table<Holder>::size>([&](auto place) {
    using Value = typename OptionParts<MemberAt<Holder, place>>::value;
    ++count;
    if constexpr (HasTable<Value>) count += count_options<Value>();
  });
  return count;
}

/// Finds the first mistake in the parameters, of the table or of a group in it. The copies that it
/// looks at have no defaults and no members: with -fsanitize=undefined, g++ does not compare the
/// addresses of those with null while compiling.
template <class Holder>
constexpr TableFinding find_table_mistake(std::size_t depth = 0) {
  std::array<Parameter, Table<Holder>::size> bare{};
  for_each_place<Table<Holder>::size>([&](auto place) {
    using Value = typename OptionParts<MemberAt<Holder, place>>::value;
    const auto& bound = bound_at<Holder, place>;
    Parameter& p = bare[place];
    p.name = bound.name;
    p.type = type_of<Value>();
    p.doc = bound.doc;
    p.minimum = bound.limits.minimum;
    p.maximum = bound.limits.maximum;
    p.exclusive_minimum = bound.limits.exclusive_minimum;
    p.exclusive_maximum = bound.limits.exclusive_maximum;
    p.choices = bound.limits.choices;
  });
  std::size_t left = most_parameters;
  TableFinding finding = find_mistake(bare, depth, left);
  if (depth > deepest_group || count_options<Holder>() > most_parameters)
    finding = {TableMistake::endless, 0};
  for_each_place<Table<Holder>::size>([&](auto place) {
    using Value = typename OptionParts<MemberAt<Holder, place>>::value;
    if constexpr (HasTable<Value>) {
      const TableMistake inner = find_table_mistake<Value>(depth + 1).mistake;
      if (inner != TableMistake::none && finding.mistake == TableMistake::none)
        finding = {inner, place};
    }
  });
  return finding;
}

/// Finds the first mistake in the options, of the table or of a group in it, that the parameters do
/// not show. All members must have the types of options.
template <class From, class Holder>
constexpr OptionFinding find_option_mistake() {
  OptionFinding finding;
  for_each_place<Table<Holder>::size>([&](auto place) {
    using Value = typename OptionParts<MemberAt<Holder, place>>::value;
    const auto& bound = bound_at<Holder, place>;
    const auto mistake = [&] {
      using enum OptionMistake;
      if (!std::is_enum_v<Value> && bound.limits.choices != nullptr) return choices;
      if constexpr (HasTable<Value>) {
        bool needy = false;
        for_each_place<Table<Value>::size>(
            [&](auto inner) { needy = needy || bound_at<Value, inner>.is_required; });
        if (HasTable<MemberAt<Holder, place>> && needy && !bound.is_required) return group;
        const OptionMistake inner =
            find_option_mistake<InitialGroup<From, Holder, place>, Value>().mistake;
        if (inner != none) return inner;
      }
      if (bound.is_required) return none;
      return DefaultText<From, Holder, place>::measured.mistake;
    }();
    if (finding.mistake == OptionMistake::none) finding = {mistake, place};
  });
  return finding;
}

/// Fills the struct with the values of the host.
template <class Holder, class Options>
void fill(Options& options, const OptionSource& source);

template <class T>
T value_of(const OptionSource& source, const OptionKey& key, const char* choices) {
  if constexpr (std::is_same_v<T, bool>) return source.boolean(key);
  else if constexpr (std::is_same_v<T, std::int64_t>) return source.integer(key);
  else if constexpr (std::is_same_v<T, double>) return source.number(key);
  else if constexpr (std::is_same_v<T, std::string_view>) return source.text(key);
  else if constexpr (std::is_same_v<T, Path> || std::is_same_v<T, TagText> ||
                     std::is_same_v<T, ValueText>)
    return T{source.text(key)};
  else if constexpr (std::is_same_v<T, Rate>) {
    const Schedule* schedule = source.schedule(key);
    const double* const factor = source.rate_factor();
    return schedule != nullptr ? Rate(*schedule, factor) : Rate(source.number(key), factor);
  } else if constexpr (is_nested<T>) {
    using Interface = std::remove_reference_t<decltype(*std::declval<T>())>;
    return T(*static_cast<Interface*>(source.component(key, Interface::kind)));
  } else if constexpr (std::is_enum_v<T>) {
    const std::string_view chosen = source.text(key);
    std::int64_t place = 0;
    while (word_at(choices, place) != chosen)
      if (word_at(choices, place++).empty())
        throw std::logic_error("option '" + std::string(key.name) + "' has no such word");
    return static_cast<T>(place);
  } else {
    T group{};
    fill<T>(group, source.group(key));
    return group;
  }
}

template <class Holder, class Options>
void fill(Options& options, const OptionSource& source) {
  for_each_place<Table<Holder>::size>([&](auto place) {
    using Member = MemberAt<Holder, place>;
    using Value = typename OptionParts<Member>::value;
    const auto& bound = bound_at<Holder, place>;
    Member& member = options.*bound.member;
    if constexpr (OptionParts<Member>::nullable) {
      if (!source.has(bound.name)) {
        member = {};
        return;
      }
    }
    if constexpr (OptionParts<Member>::list) {
      std::vector<Value> list;
      const std::size_t size = source.size(bound.name);
      for (std::size_t i = 0; i < size; ++i)
        list.push_back(value_of<Value>(source, {bound.name, i}, bound.limits.choices));
      member = std::move(list);
    } else {
      member = value_of<Value>(source, {bound.name}, bound.limits.choices);
    }
  });
}

}  // namespace assay::detail
