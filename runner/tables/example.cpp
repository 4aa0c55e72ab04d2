#include "runner/tables/example.h"

#include <fmt/format.h>

#include <string_view>

#include "runner/plan/expectation.h"
#include "runner/tables/type_text.h"

namespace assay::tables {
namespace {

std::string in_capitals(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return result;
}

// Returns a placeholder for a value that only the writer of a config knows.
std::string blank(const Parameter& p) {
  std::string word;
  switch (p.type) {
    case ParameterType::boolean: word = "TRUE_OR_FALSE"; break;
    case ParameterType::integer: word = "INTEGER"; break;
    case ParameterType::rate:
    case ParameterType::number: word = "NUMBER"; break;
    case ParameterType::text:
    case ParameterType::tag: word = "TEXT"; break;
    case ParameterType::value: word = "VALUE"; break;
    case ParameterType::path: word = "FILE"; break;
    case ParameterType::choice: word = in_capitals(plan::words(p.choices).front()); break;
    case ParameterType::component: word = in_capitals(name_of(p.kind)); break;
    case ParameterType::group: word = "{}"; break;
  }
  return p.list ? fmt::format("[{}]", word) : word;
}

void add_options(std::span<const Parameter> table, const std::string& indent, std::string& text) {
  for (const Parameter& p : table) {
    const bool group = p.type == ParameterType::group && !p.list;
    const bool empty_default = p.fallback == nullptr || std::string_view(p.fallback) == "{}";
    if (group && empty_default && !p.group().empty()) {
      text += fmt::format("{}{}:\n", indent, p.name);
      add_options(p.group(), indent + "  ", text);
      continue;
    }
    const bool absent = p.fallback != nullptr && std::string_view(p.fallback) == "null";
    const std::string value = p.fallback == nullptr ? blank(p) : absent ? "" : p.fallback;
    std::string line = fmt::format("{}{}{}:{}{}", indent, absent ? "# " : "", p.name,
                                   value.empty() ? "" : " ", value);
    if (p.fallback == nullptr || absent) line = fmt::format("{:<34}  # {}", line, type_text(p));
    text += line + "\n";
  }
}

struct Place {
  std::string above;   // the lines that lead to it
  std::string key;     // the key of the component
  std::string beside;  // lines at the depth of its options
};

Place place_of(const ComponentTable& c) {
  switch (c.kind) {
    case Kind::schedule: return {"optimizer:\n  type: sgd\n", "  learning_rate", ""};
    case Kind::renderer:
      return {"hooks:\n  picture:\n    type: image\n    tag: Picture\n    every: 100\n",
              "    renderer", ""};
    case Kind::hook: return {"hooks:\n", "  " + c.name, "    every: 1\n"};
    case Kind::metric: return {"metrics:\n", "  " + c.name, ""};
    case Kind::logger: return {"loggers:\n", "  " + c.name, ""};
    case Kind::transform: return {"transforms:\n", "  " + c.name, ""};
    case Kind::gradient_transform: return {"gradient_transforms:\n", "  " + c.name, ""};
    default: return {"", std::string(name_of(c.kind)), ""};
  }
}

}  // namespace

std::string example(const ComponentTable& component) {
  if (component.kind == Kind::launcher) {
    std::string text = fmt::format(
        "# launcher.yaml, for `assay batch --launcher @launcher.yaml`\ntype: {}\n", component.name);
    add_options(component.parameters, "", text);
    return text;
  }
  const Place place = place_of(component);
  const std::string indent(place.key.find_first_not_of(' ') + 2, ' ');
  std::string text =
      fmt::format("{}{}:\n{}type: {}\n", place.above, place.key, indent, component.name);
  add_options(component.parameters, indent, text);
  return text + place.beside;
}

}  // namespace assay::tables
