#include "runner/tables/json_schema.h"

#include <cmath>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "runner/plan/expectation.h"
#include "runner/plan/fallback.h"
#include "runner/plan/scalar.h"
#include "runner/plan/schema.h"

namespace assay::tables {
namespace {

using config::Node;
using Json = nlohmann::json;
using Tables = std::initializer_list<std::span<const Parameter>>;

// A value that is only `${...}` becomes the value that it refers to; within a text it becomes text.
// `@FILE` is the map in a file.
constexpr const char* reference = R"(^\$\{.*\}$)";
constexpr const char* text_with_reference = R"(\$\{)";
constexpr const char* reference_or_fragment = R"(^(\$\{.*\}$|@[^@]))";
constexpr const char* name_with_reference_or_fragment = R"(\$\{|^@[^@])";

constexpr const char* value_name = R"(^[^.]+\.[\s\S]+$)";  // OWNER.NAME

// Writes whole numbers without a decimal point.
Json number(double value) {
  constexpr double exact = 9007199254740992;  // 2^53
  if (value == std::trunc(value) && std::abs(value) < exact)
    return static_cast<std::int64_t>(value);
  return value;
}

Json matching(const char* pattern) { return {{"type", "string"}, {"pattern", pattern}}; }

Json definition(const std::string& name) { return {{"$ref", "#/$defs/" + name}}; }

Json any_of(std::vector<Json> alternatives) {
  if (alternatives.size() == 1) return alternatives.front();
  return {{"anyOf", std::move(alternatives)}};
}

Json typed_number(const char* type, const Parameter& p) {
  Json schema = {{"type", type}};
  if (std::isfinite(p.minimum))
    schema[p.exclusive_minimum ? "exclusiveMinimum" : "minimum"] = number(p.minimum);
  if (std::isfinite(p.maximum))
    schema[p.exclusive_maximum ? "exclusiveMaximum" : "maximum"] = number(p.maximum);
  return schema;
}

// Returns a schema of the words. An unquoted word that looks like a number or a boolean is one in
// YAML.
Json one_of(const char* choices) {
  Json words = Json::array();
  for (const std::string& word : plan::words(choices)) {
    words.push_back(word);
    const Json read = Json::parse(word, nullptr, false);
    if (read.is_number() || read.is_boolean()) words.push_back(read);
  }
  return {{"enum", std::move(words)}};
}

// Accepts any scalar as text.
Json text() { return {{"type", {"string", "number", "boolean"}}}; }

Json value_of(const Node& node, bool is_text) {
  switch (node.kind) {
    case Node::Kind::null: return nullptr;
    case Node::Kind::list: {
      Json list = Json::array();
      for (const Node& element : node.list) list.push_back(value_of(element, is_text));
      return list;
    }
    case Node::Kind::map: {
      Json map = Json::object();
      for (const Node::Entry& entry : node.map) map[entry.key] = value_of(entry.value, is_text);
      return map;
    }
    case Node::Kind::scalar: break;
  }
  if (!is_text) {
    if (const auto boolean = plan::boolean(node).value) return *boolean;
    if (const auto integer = plan::integer(node).value) return *integer;
    if (const auto real = plan::number(node).value) return *real;
  }
  return node.scalar;
}

// Returns nothing if there is no default, or no valid one.
Json default_of(const Parameter& p) {
  config::Diagnostics ignored;
  const auto node = plan::fallback_node(p, p.name, ignored);
  const bool is_text = p.type == ParameterType::text || p.type == ParameterType::tag ||
                       p.type == ParameterType::value || p.type == ParameterType::path ||
                       p.type == ParameterType::choice;
  return node ? value_of(*node, is_text) : Json(nullptr);
}

// The definitions for one kind of config: a complete one, or one that extends another and may omit
// everything that the other sets.
class Definitions {
 public:
  Definitions(std::span<const ComponentTable> components, bool complete)
      : components_(components), complete_(complete) {}

  void add_to(Json& definitions) const {
    definitions[name("experiment")] = experiment();
    for (std::size_t k = 0; k < kind_names.size(); ++k)
      definitions[name(kind_names[k])] = any_component(static_cast<Kind>(k));
    for (const ComponentTable& c : components_) definitions[name(c)] = component(c);
  }

 private:
  std::string name(std::string_view what) const {
    return (complete_ ? "" : "part.") + std::string(what);
  }
  std::string name(const ComponentTable& c) const {
    return name(std::string(name_of(c.kind)) + "." + c.name);
  }

  Json experiment() const {
    Json schema = object({plan::experiment_parameters()});
    Json& properties = schema["properties"];
    for (const Parameter& p : plan::experiment_parameters())
      if (p.type == ParameterType::component && p.list) properties[p.name].merge_patch(section(p));
    properties["extends"] = {
        {"anyOf", {{{"type", "string"}}, {{"type", "array"}, {"items", {{"type", "string"}}}}}},
        {"description", "a config, or a list of them, that this one changes"}};
    properties["sweep"] = sweep();
    if (complete_) {
      // `name` defaults to the file's name; exactly one of epochs and steps is given.
      schema["required"] = {"dataset", "model", "loss", "optimizer", "train"};
      properties["train"].erase("default");
      properties["train"]["if"] = {{"type", "object"}};
      properties["train"]["then"] = {{"oneOf", {given("epochs"), given("steps")}}};
    }
    return schema;
  }

  // Returns the schema of the values that `assay batch` gives to keys. What they are for is not in
  // it: a key may be any.
  static Json sweep() {
    const Json values = {{"type", {"array", "string", "number", "boolean"}}, {"minItems", 1}};
    const Json together = {
        {"type", "object"}, {"minProperties", 1}, {"additionalProperties", values}};
    return {{"type", "object"},
            {"description", "keys and the values that `assay batch` gives to them, each a run"},
            {"properties",
             {{"zip",
               {{"anyOf", {together, {{"type", "array"}, {"items", together}}}},
                {"description", "keys that vary together"}}}}},
            {"additionalProperties", values}};
  }

  // Returns a schema of several components: a map by name or, except for metrics, a list.
  Json section(const Parameter& p) const {
    const Json members = definition(name(name_of(p.kind)));
    const bool by_name = p.kind == Kind::metric;
    const char* names = by_name ? "^[A-Za-z_][A-Za-z0-9_]*$" : "^[A-Za-z_][A-Za-z0-9_-]*$";
    std::vector<Json> forms;
    forms.push_back({{"type", "object"},
                     {"patternProperties", {{names, members}, {"^~", true}}},
                     {"additionalProperties", false}});
    if (!by_name) forms.push_back({{"type", "array"}, {"items", members}});
    forms.push_back(matching(reference_or_fragment));
    return {{"anyOf", forms}};
  }

  // Accepts NAME or {type: NAME, ...}.
  Json any_component(Kind kind) const {
    Json names = Json::array(), by_type = Json::array();
    Json short_names = Json::array();  // names that may stand alone
    std::vector<Json> all;
    for (const ComponentTable& c : components_) {
      if (c.kind != kind) continue;
      names.push_back(c.name);
      if (!complete_ || !has_required(c.parameters)) short_names.push_back(c.name);
      by_type.push_back(
          {{"if", {{"properties", {{"type", {{"const", c.name}}}}}, {"required", {"type"}}}},
           {"then", definition(name(c))}});
      all.push_back(definition(name(c)));
    }
    std::vector<Json> short_forms = {matching(name_with_reference_or_fragment)};
    if (!short_names.empty()) short_forms.push_back({{"enum", short_names}});
    const Json type = any_of({{{"enum", names}}, matching(text_with_reference)});
    Json map = {{"properties", {{"type", type}}}};
    if (complete_) map["required"] = {"type"};
    else if (!all.empty())
      by_type.push_back({{"if", {{"not", {{"required", {"type"}}}}}}, {"then", any_of(all)}});
    if (!by_type.empty()) map["allOf"] = by_type;
    return {{"description", plan::with_article(kind)},
            {"type", {"string", "object"}},
            {"if", {{"type", "object"}}},
            {"then", map},
            {"else", any_of(short_forms)}};
  }

  Json component(const ComponentTable& c) const {
    Json schema = object({c.parameters, plan::common_parameters(c.kind)});
    schema["properties"]["type"] = {{"const", c.name}, {"description", c.doc}};
    schema["description"] = c.doc;
    if (c.kind == Kind::hook) {
      if (complete_)
        schema["anyOf"] = Json::array(
            {given("every"), given("every_epoch"), given("times"), given("at"), given("at_end")});
    }
    return schema;
  }

  static Json given(const char* option) {
    return {{"required", {option}},
            {"properties", {{option, {{"not", {{"enum", {nullptr, false, Json::array()}}}}}}}}};
  }

  static bool has_required(std::span<const Parameter> table) {
    for (const Parameter& p : table)
      if (p.fallback == nullptr) return true;
    return false;
  }

  Json object(Tables tables) const {
    Json properties = Json::object(), required = Json::array();
    for (const std::span<const Parameter> table : tables)
      for (const Parameter& p : table) {
        properties[p.name] = property(p);
        if (p.fallback == nullptr) required.push_back(p.name);
      }
    Json schema = {{"type", "object"},
                   {"properties", properties},
                   {"patternProperties", {{"^~", true}}},
                   {"additionalProperties", false}};
    if (complete_ && !required.empty()) schema["required"] = required;
    return schema;
  }

  Json property(const Parameter& p) const {
    Json schema = single(p);
    if (p.list) schema = any_of({{{"type", "array"}, {"items", schema}}, matching(reference)});
    const bool nullable = p.fallback != nullptr && std::string_view(p.fallback) == "null";
    if (nullable) schema = any_of({std::move(schema), {{"type", "null"}}});
    if (const auto form = plan::short_form(p); form != plan::ShortForm::none)
      schema = any_of({std::move(schema), in_short_form(p, form)});
    if (*p.doc != '\0') schema["description"] = p.doc;
    if (p.fallback != nullptr) schema["default"] = default_of(p);
    return schema;
  }

  // Returns a schema of the short form of an option of the experiment's own.
  Json in_short_form(const Parameter& p, plan::ShortForm form) const {
    if (form == plan::ShortForm::pairs)
      return {{"type", "object"}, {"additionalProperties", property(p.group()[1])}};
    return form == plan::ShortForm::member ? single(p.group()[0]) : single(p);
  }

  // Returns a schema of one value, or one element of a list.
  Json single(const Parameter& p) const {
    switch (p.type) {
      case ParameterType::boolean: return any_of({{{"type", "boolean"}}, matching(reference)});
      case ParameterType::integer: {
        const Json integer = typed_number("integer", p);
        if (p.choices == nullptr) return any_of({integer, matching(reference)});
        return any_of({integer, one_of(p.choices), matching(reference)});
      }
      case ParameterType::number: return any_of({typed_number("number", p), matching(reference)});
      case ParameterType::text:
      case ParameterType::tag: return text();
      case ParameterType::value:
        return any_of({matching(value_name), matching(text_with_reference)});
      case ParameterType::path: {
        Json path = text();
        path["minLength"] = 1;
        return path;
      }
      case ParameterType::choice: return any_of({one_of(p.choices), matching(text_with_reference)});
      case ParameterType::rate:
        return any_of({typed_number("number", p), definition(name(name_of(Kind::schedule)))});
      case ParameterType::component: return definition(name(name_of(p.kind)));
      case ParameterType::group:
        return any_of({object({p.group()}), matching(reference_or_fragment)});
    }
    return true;
  }

  std::span<const ComponentTable> components_;
  bool complete_;
};

}  // namespace

std::string json_schema(std::span<const ComponentTable> components) {
  Json definitions = Json::object();
  Definitions(components, true).add_to(definitions);
  Definitions(components, false).add_to(definitions);
  const Json schema = {
      {"$schema", "https://json-schema.org/draft/2020-12/schema"},
      {"title", "Assay config"},
      {"type", "object"},
      // A base may have what is required, and a sweep may set it.
      {"if", {{"anyOf", {{{"required", {"extends"}}}, {{"required", {"sweep"}}}}}}},
      {"then", definition("part.experiment")},
      {"else", definition("experiment")},
      {"$defs", definitions}};
  return schema.dump(2) + "\n";
}

}  // namespace assay::tables
