#include "runner/tables/type_text.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <string_view>

#include "runner/plan/expectation.h"

namespace assay::tables {

std::string type_text(const Parameter& p) {
  constexpr std::array<std::string_view, 11> names = {"boolean", "integer", "number", "text",
                                                      "path",    "choice",  "rate",   "component",
                                                      "group",   "tag",     "value"};
  std::string text(names[static_cast<std::size_t>(p.type)]);
  if (p.type == ParameterType::choice) text = p.choices;
  if (p.type == ParameterType::rate) text = p.list ? "numbers or schedule" : "number or schedule";
  if (p.type == ParameterType::component) text = name_of(p.kind);
  if (p.type == ParameterType::integer && p.choices != nullptr)
    text += fmt::format(" or {}", p.choices);
  const bool words = p.type == ParameterType::choice || p.type == ParameterType::text;
  if (p.list && p.type == ParameterType::component) text = plan::plural(p.kind);
  else if (p.list) text = fmt::format("list of {}{}", text, words ? "" : "s");
  if (std::isfinite(p.minimum))
    text += fmt::format(", {} {}", p.exclusive_minimum ? ">" : ">=", p.minimum);
  if (std::isfinite(p.maximum))
    text += fmt::format(", {} {}", p.exclusive_maximum ? "<" : "<=", p.maximum);
  return text;
}

std::string default_text(const Parameter& p) {
  return p.fallback == nullptr ? "required" : fmt::format("default {}", p.fallback);
}

}  // namespace assay::tables
