// The mistakes in a parameter table that the compiler can detect; plugin.h turns them into compile
// errors. The host checks again, and also checks the defaults and its own reserved names.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "assay/kind.h"
#include "assay/parameter.h"
#include "assay/text.h"

namespace assay {

enum class TableMistake : std::uint32_t {
  none,
  name,      ///< null, or not a valid name
  twice,     ///< the name of another parameter of the table
  reserved,  ///< "type", which names the component
  doc,       ///< null, or more than a line
  fallback,  ///< more than a line
  type,      ///< not a ParameterType
  bounds,    ///< no number of the type lies within them
  choices,   ///< none, an empty one, a duplicate, or more than a line
  kind,      ///< not a Kind
  members,   ///< a count without a table
  endless,   ///< groups within groups beyond deepest_group, or more than most_parameters: it
             ///< contains itself
};

/// The limits of one component, including the members of nested groups.
inline constexpr std::size_t most_parameters = 1024;
inline constexpr std::size_t deepest_group = 16;

/// Returns true if it is one of the kinds.
constexpr bool is_kind(Kind kind) { return static_cast<std::size_t>(kind) < kind_names.size(); }

/// Returns true if some number of the parameter's type lies within its bounds.
constexpr bool bounds_hold_any(const Parameter& p) {
  const bool open = p.exclusive_minimum || p.exclusive_maximum;
  if (!(open ? p.minimum < p.maximum : p.minimum <= p.maximum)) return false;
  if (p.type != ParameterType::integer) return true;
  constexpr double end = 0x1p63;  // beyond an int64; -end is the first
  if (p.maximum < -end || p.minimum >= end) return false;
  auto least = static_cast<std::int64_t>(p.minimum < -end ? -end : p.minimum);
  const auto below = static_cast<double>(least);
  if (p.exclusive_minimum ? below <= p.minimum : below < p.minimum) ++least;
  const auto first = static_cast<double>(least);
  return p.exclusive_maximum ? first < p.maximum : first <= p.maximum;
}

namespace detail {

constexpr bool is_among(std::string_view word, std::string_view words) {
  for (std::size_t end = words.find('|'); end != words.npos; end = words.find('|')) {
    if (words.substr(0, end) == word) return true;
    words.remove_prefix(end + 1);
  }
  return words == word;
}

}  // namespace detail

/// Returns true if the text is a valid `choices`: words separated by '|', each once: "sum|mean".
constexpr bool are_choices(const char* text) {
  if (text == nullptr || !is_line(text)) return false;
  for (std::string_view words = text;;) {
    const std::size_t end = words.find('|');
    const std::string_view word = words.substr(0, end);
    if (word.empty()) return false;
    if (end == words.npos) return true;
    words.remove_prefix(end + 1);
    if (detail::is_among(word, words)) return false;
  }
}

/// Locates the first mistake: in `parameter` of the component's own table, or in a member of it.
struct TableFinding {
  TableMistake mistake = TableMistake::none;
  std::size_t parameter = 0;
};

namespace detail {

// Compares in few steps, because compilers limit the number of constexpr steps.
constexpr bool are_equal(const char* a, const char* b) {
  while (*a == *b && *a != '\0') ++a, ++b;
  return *a == *b;
}

// Finds the first mistake. `left` is the number of parameters that may still follow.
constexpr TableFinding find_mistake(std::span<const Parameter> table, std::size_t depth,
                                    std::size_t& left) {
  for (std::size_t i = 0; i < table.size(); ++i) {
    const Parameter& p = table[i];
    const auto mistake = [&] {
      if (left == 0 || depth > deepest_group) return TableMistake::endless;
      --left;
      if (p.name == nullptr || !is_name(p.name)) return TableMistake::name;
      for (std::size_t j = 0; j < i; ++j)
        if (are_equal(table[j].name, p.name)) return TableMistake::twice;
      if (depth == 0 && std::string_view(p.name) == "type") return TableMistake::reserved;
      if (p.doc == nullptr || !is_line(p.doc)) return TableMistake::doc;
      if (p.fallback != nullptr && !is_line(p.fallback)) return TableMistake::fallback;
      if (p.type > last_parameter_type) return TableMistake::type;
      if (!bounds_hold_any(p)) return TableMistake::bounds;
      if ((p.type == ParameterType::choice || p.choices != nullptr) && !are_choices(p.choices))
        return TableMistake::choices;
      if (p.type == ParameterType::component && !is_kind(p.kind)) return TableMistake::kind;
      if (p.type != ParameterType::group) return TableMistake::none;
      if (p.members == nullptr && p.member_count > 0) return TableMistake::members;
      return find_mistake(p.group(), depth + 1, left).mistake;
    }();
    if (mistake != TableMistake::none) return {mistake, i};
  }
  return {};
}

}  // namespace detail

/// Finds the first mistake in the table of a component.
constexpr TableFinding find_mistake(std::span<const Parameter> table) {
  std::size_t left = most_parameters;
  return detail::find_mistake(table, 0, left);
}

}  // namespace assay
