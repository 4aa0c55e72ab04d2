#include "runner/scaffold/name.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "runner/base/wording.h"

namespace assay::scaffold {
namespace {

constexpr std::size_t longest = 64;

// The names of targets that exist in every build (mesonbuild/coredata.py, FORBIDDEN_TARGET_NAMES),
// as far as they are valid names.
constexpr std::array<std::string_view, 11> mesons_own = {
    "all",     "benchmark", "clean",       "coverage", "dist",     "distcheck",
    "install", "phony",     "reconfigure", "test",     "uninstall"};

// Words that YAML does not read as text.
constexpr std::array<std::string_view, 3> yamls_own = {"false", "null", "true"};

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Returns the closest valid name, for a hint.
std::string mended(std::string_view name) {
  std::string result;
  for (const char c : name) {
    const bool upper = c >= 'A' && c <= 'Z';
    if (upper && !result.empty() && (is_lower(result.back()) || is_digit(result.back())))
      result += '_';
    if (upper) result += static_cast<char>(c - 'A' + 'a');
    else if (is_lower(c) || (is_digit(c) && !result.empty())) result += c;
    else if (!result.empty() && result.back() != '_') result += '_';
  }
  while (result.ends_with('_')) result.pop_back();
  return result;
}

std::string in_camel_case(std::string_view name) {
  std::string result;
  bool start = true;
  for (const char c : name) {
    if (c != '_') result += start && is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c;
    start = c == '_';
  }
  return result;
}

}  // namespace

std::string problem_with(std::string_view name) {
  const bool of_letters =
      !name.empty() && is_lower(name[0]) &&
      std::ranges::all_of(name, [](char c) { return is_lower(c) || is_digit(c) || c == '_'; });
  if (!of_letters || name.ends_with('_') || name.find("__") != std::string_view::npos) {
    const std::string better = mended(name);
    return fmt::format(
        "{} is not a name for a plugin: expected lower-case words joined by single underscores, "
        "such "
        "as top_k{}",
        base::quoted(name),
        better.empty() || !problem_with(better).empty()
            ? ""
            : fmt::format("; did you mean '{}'?", better));
  }
  if (name.size() > longest)
    return fmt::format("{} is too long for a name: expected at most {} characters",
                       base::quoted(name), longest);
  if (std::ranges::count(mesons_own, name) > 0)
    return fmt::format(
        "'{}' cannot be the name of a plugin: Meson has a target of this name; "
        "choose another one",
        name);
  if (std::ranges::count(yamls_own, name) > 0)
    return fmt::format(
        "'{}' cannot be the name of a plugin: a config does not read it as text; choose another "
        "one",
        name);
  return {};
}

std::string class_name(Kind kind, std::string_view name) {
  std::string result = in_camel_case(name);
  const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  const bool like_a_macro = std::ranges::none_of(result, is_lower) ||
                            !std::ranges::search_n(result, 3, true, {}, upper).empty();
  return like_a_macro ? result + in_camel_case(name_of(kind)) : result;
}

}  // namespace assay::scaffold
