// Validates components: `NAME` or `{type: NAME, ...}`.
#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "runner/base/wording.h"
#include "runner/config/mistakes/suggest.h"
#include "runner/config/reader.h"
#include "runner/plan/expectation.h"
#include "runner/plan/validate.h"

namespace assay::plan {
namespace {

using config::Node;

// Returns the node of NAME in `NAME` or `{type: NAME}`.
const Node* type_of(const Node& component) {
  return component.kind == Node::Kind::map ? component.find("type") : &component;
}

}  // namespace

Validator::Placed Validator::component(const Node& node, Kind kind, const std::string& key,
                                       std::span<const Parameter> common) {
  const std::size_t before = problems();
  const std::size_t unknown_before = unknown_keys_;
  Placed placed = read_component(node, kind, key, common);
  const std::size_t unknown = unknown_keys_ - unknown_before;
  placed.unknown_keys = unknown;
  const std::size_t others = problems() - before - unknown - placed.common_problems;
  placed.soundness = others > 0    ? Soundness::broken
                     : unknown > 0 ? Soundness::extra_keys
                                   : Soundness::sound;
  if (placed.soundness != Soundness::sound) unsound_.insert_or_assign(key, placed.soundness);
  return placed;
}

Validator::Placed Validator::read_component(const Node& node, Kind kind, const std::string& key,
                                            std::span<const Parameter> common) {
  Placed placed;
  placed.component.kind = kind;
  placed.component.where = node.where;
  if (pass_over(node)) return placed;
  if (node.kind == Node::Kind::null || node.kind == Node::Kind::list) {
    wrong(node, "the name of " + with_article(kind) + ", or {type: NAME, ...}", key,
          listing(kind, catalogue_.names(kind)));
    return placed;
  }
  // Only defaults of plugins that refer to each other get this deep; the reader limits the config.
  if (depth_ > 2 * config::max_depth && !endless_) {
    diagnostics_.error(node.where, key, "defaults without end: each holds another component");
    endless_ = true;
  }
  if (endless_) {
    ++passed_over_;
    return placed;
  }
  const Node* type = type_of(node);
  std::string type_name = "type";
  if (type == nullptr) {
    if (config_ == Config::complete) type_name = missing_type(node, kind, key);
    else type_name.clear();
    if (type_name.empty()) return placed;
    type = node.find(type_name);
  }
  const std::string type_key = node.kind == Node::Kind::map ? base::joined(key, type_name) : key;
  auto own = table(*type, kind, type_key);
  std::string name = type->scalar;
  if (!own && !type->reported) own = near_table(name, kind);
  const bool guessed = own && (name != type->scalar || type_name != "type");
  placed.component.type = type->scalar;
  placed.component.where = type->where;

  Node map = node;
  std::erase_if(map.map, [&](const Node::Entry& entry) { return entry.key == type_name; });
  ++depth_;
  if (own)
    unknown_keys(map, {*own, common}, key,
                 fmt::format("{} '{}' has no such option", name_of(kind), name));
  const std::size_t before_common = problems();
  const std::size_t unknown_before = unknown_keys_;
  placed.common = options(map, common, key, type->where);
  placed.common_problems = problems() - before_common;
  unknown_keys_ = unknown_before;  // components do not own the keys in `common`
  if (own) {
    if (guessed)  // do not report keys that are required only by a guessed type
      for (const Parameter& p : *own) mean(base::joined(key, p.name));
    placed.component.values = options(map, *own, key, type->where);
  }
  --depth_;
  return placed;
}

std::string Validator::missing_type(const Node& component, Kind kind, const std::string& key) {
  const std::vector<std::string> wanted = {"type"};
  const auto near = std::ranges::find_if(component.map, [&wanted](const Node::Entry& entry) {
    return !config::suggest(entry.key, wanted).empty();
  });
  const bool misspelt = near != component.map.end();
  const std::vector<std::string> known = catalogue_.names(kind);
  const bool nests = !misspelt && component.map.size() == 1 &&
                     component.map.front().value.kind != Node::Kind::scalar;
  const Node::Entry* below = nests ? &component.map.front() : nullptr;
  std::string hint = config::hint_of(misspelt ? "type" : "", listing(kind, known));
  if (nests && std::ranges::count(known, below->key) > 0)
    hint = fmt::format("write {{type: {}, ...}}: its options stand beside it", below->key);
  else if (nests && below->value.find("type") != nullptr)
    hint = fmt::format("leave '{}:' out: what it holds is to stand here", below->key);
  else below = nullptr;
  const config::Location* removal = component.removal("type");
  if (removal != nullptr && !misspelt) hint = "removed here; " + hint;
  diagnostics_.error(misspelt             ? near->where
                     : removal != nullptr ? *removal
                     : below != nullptr   ? below->where
                                          : component.where,
                     key, fmt::format("missing: type, the name of {}", with_article(kind)), hint);
  return misspelt && config::is_misspelling(near->key, "type") ? near->key : std::string();
}

std::optional<std::span<const Parameter>> Validator::near_table(std::string& name, Kind kind) {
  const std::string near = config::suggest(name, catalogue_.names(kind));
  if (near.empty() || !config::is_misspelling(name, near)) return std::nullopt;
  try {
    const auto table = catalogue_.parameters(kind, near);
    name = near;
    return table;
  } catch (const std::runtime_error&) {  // it does not load; reported where it is named
    return std::nullopt;
  }
}

std::optional<std::span<const Parameter>> Validator::table(const Node& type, Kind kind,
                                                           const std::string& key) {
  if (pass_over(type)) return std::nullopt;
  const std::vector<std::string> names = catalogue_.names(kind);
  if (type.kind != Node::Kind::scalar) {
    wrong(type, "the name of " + with_article(kind), key, listing(kind, names));
    return std::nullopt;
  }
  if (std::find(names.begin(), names.end(), type.scalar) == names.end()) {
    const std::string suggestion = config::suggest(type.scalar, names);
    const std::string foreign = base::foreign_character(type.scalar);
    std::string hint = config::hint_of(suggestion, (foreign.empty() ? "" : foreign + "; ") +
                                                       listing(kind, names)) +
                       refused(kind, type.scalar);
    if (suggestion.empty())
      for (const std::string& place : catalogue_.searched()) hint += "\nsearched: " + place;
    std::string other;
    for (const std::string_view name : kind_names)
      if (std::ranges::count(catalogue_.names(*kind_from_name(name)), type.scalar) > 0)
        other = fmt::format(": that is {}", with_article(*kind_from_name(name)));
    diagnostics_.error_of_copy(
        type.origin, type.where, key,
        fmt::format("no {} {}{}", name_of(kind), base::quoted(type.scalar), other), hint);
    return std::nullopt;
  }
  for (const std::string& doubt : catalogue_.doubts(kind, type.scalar))
    diagnostics_.warning(type.where, key, doubt);
  try {
    return catalogue_.parameters(kind, type.scalar);
  } catch (const std::runtime_error& error) {
    diagnostics_.error(type.where, key,
                       fmt::format("{} '{}' cannot be used", name_of(kind), type.scalar),
                       error.what());
    return std::nullopt;
  }
}

std::string Validator::refused(Kind kind, const std::string& name) const {
  std::string lines;
  for (const std::string& library : catalogue_.refused(kind, name))
    lines += "\nrefused: " + library;
  return lines;
}

std::vector<std::string> Validator::deeper(const Node& map, std::span<const Parameter> table) {
  std::vector<std::string> result;
  const Node nothing;
  const auto add = [&](const Parameter& owner, const Node* value,
                       std::span<const Parameter> options) {
    for (const Parameter& p : options) result.push_back(base::joined(owner.name, p.name));
    for (const std::string& key : deeper(value == nullptr ? nothing : *value, options))
      result.push_back(base::joined(owner.name, key));
  };
  for (const Parameter& p : table) {
    if (p.list) continue;
    const Node* component = map.find(p.name);
    if (p.type == ParameterType::group) add(p, component, p.group());
    if (p.type != ParameterType::component || component == nullptr) continue;
    const Node* type = type_of(*component);
    if (type == nullptr || std::ranges::count(catalogue_.names(p.kind), type->scalar) == 0)
      continue;
    try {
      add(p, component, catalogue_.parameters(p.kind, type->scalar));
    } catch (const std::runtime_error&) {  // it does not load; reported with the type
    }
  }
  return result;
}

}  // namespace assay::plan
