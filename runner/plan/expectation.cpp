#include "runner/plan/expectation.h"

#include <algorithm>

#include "runner/base/wording.h"
#include "runner/plan/bounds.h"
#include "runner/plan/schema.h"

namespace assay::plan {
namespace {

std::string alternatives(const char* choices) {
  std::string text;
  for (const std::string& word : words(choices)) text += " or '" + word + "'";
  return text;
}

}  // namespace

std::string element_expectation(const Parameter& p) {
  switch (p.type) {
    case ParameterType::boolean: return "true or false";
    case ParameterType::integer:
      return "an integer" + bounds(p) + (p.choices == nullptr ? "" : alternatives(p.choices));
    case ParameterType::number: return "a number" + bounds(p);
    case ParameterType::text:
    case ParameterType::tag:
    case ParameterType::value: return "text";
    case ParameterType::path: return "a path";
    case ParameterType::choice:
      return words(p.choices).size() == 1 ? "the word " + base::listed(words(p.choices))
                                          : "one of " + base::listed(words(p.choices));
    case ParameterType::rate: return "a number" + bounds(p) + " or a schedule";
    case ParameterType::component:
      return "the name of " + with_article(p.kind) + ", or {type: NAME, ...}";
    case ParameterType::group: return "a map";
  }
  return "a value";
}

std::string expectation(const Parameter& p) {
  if (short_form(p) == ShortForm::pairs)
    return "a map, {PATTERN: " + placeholder(p.group()[1]) + "}";
  return p.list ? "a list, each element " + element_expectation(p) : element_expectation(p);
}

std::string placeholder(const Parameter& p) {
  if (p.list) return "[...]";
  switch (p.type) {
    case ParameterType::boolean: return "true";
    case ParameterType::integer: return "INTEGER";
    case ParameterType::number:
    case ParameterType::rate: return "NUMBER";
    case ParameterType::text:
    case ParameterType::tag: return "TEXT";
    case ParameterType::value: return "SPLIT.METRIC";
    case ParameterType::path: return "FILE";
    case ParameterType::choice: return words(p.choices).front();
    case ParameterType::component: return "NAME";
    case ParameterType::group: return "{...}";
  }
  return "...";
}

std::vector<std::string> words(const char* choices) {
  std::vector<std::string> result(1);
  for (const char* c = choices; c != nullptr && *c != '\0'; ++c) {
    if (*c == '|') result.emplace_back();
    else result.back() += *c;
  }
  return result;
}

std::string in_words(Kind kind) {
  std::string name(name_of(kind));
  std::ranges::replace(name, '_', ' ');
  return name;
}

std::string with_article(Kind kind) {
  const std::string name = in_words(kind);
  return (std::string_view("aeiou").find(name[0]) == std::string_view::npos ? "a " : "an ") + name;
}

std::string plural(Kind kind) {
  const std::string name = in_words(kind);
  return name + (name.ends_with('s') ? "es" : "s");
}

}  // namespace assay::plan
