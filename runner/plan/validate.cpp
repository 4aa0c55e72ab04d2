#include "runner/plan/validate.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "runner/base/wording.h"
#include "runner/config/mistakes/suggest.h"
#include "runner/config/mistakes/synonyms.h"
#include "runner/config/secret.h"
#include "runner/plan/expectation.h"
#include "runner/plan/schema.h"

namespace assay::plan {
namespace {

using config::Location;
using config::Node;

// Returns the hint for a key with dots in a file whose first part is a key.
std::string hint_for_dots(const Node::Entry& entry) {
  std::string nested =
      entry.value.kind == Node::Kind::scalar ? base::shortened(entry.value.scalar) : "...";
  std::string_view keys = entry.key;
  for (std::size_t dot; (dot = keys.rfind('.')) != keys.npos; keys = keys.substr(0, dot))
    nested = fmt::format("{{{}: {}}}", keys.substr(dot + 1), nested);
  nested = fmt::format("{}: {}", keys, nested);
  return fmt::format("in a file keys nest: {}; dots are for the command line", nested);
}

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

// Tells whether a full key is a component or something in one.
bool is_of_component(std::string_view key) {
  const std::string_view first = key.substr(0, key.find('.'));
  return std::ranges::any_of(experiment_parameters(), [first](const Parameter& p) {
    return p.name == first && p.type == ParameterType::component;
  });
}

std::string_view last_part(std::string_view key) { return key.substr(key.rfind('.') + 1); }

// Returns the only full key whose last part is the name, or else a synonym of the name, or else
// close to it. Returns an empty text if there is none or more than one.
std::string key_meant(const std::string& name, std::span<const std::string> keys) {
  const auto only = [&keys](const auto& fits) {
    std::string found;
    for (const std::string& key : keys) {
      if (!fits(last_part(key)) || key == found) continue;
      if (!found.empty()) return std::string();
      found = key;
    }
    return found;
  };
  std::vector<std::string> names;
  for (const std::string& key : keys) names.emplace_back(last_part(key));
  if (std::ranges::count(names, name) > 0)
    return only([&](std::string_view last) { return last == name; });
  if (const std::string other = config::synonym(lower(name), names); !other.empty())
    return only([&](std::string_view last) { return last == other; });
  return only([&](std::string_view last) {
    const bool is_end = last.size() >= 4 && name.size() > last.size() && name.ends_with(last) &&
                        name[name.size() - last.size() - 1] == '_';  // num_epochs
    return is_end || (last.size() >= 4 && config::is_misspelling(name, last));
  });
}

}  // namespace

Values Validator::options(const Node& map, std::span<const Parameter> table, const std::string& key,
                          const Location& owner) {
  Values values;
  for (const Parameter& p : table) values.add(p.name, option(map, p, key, owner));
  return values;
}

void Validator::unknown_keys(const Node& map,
                             std::initializer_list<std::span<const Parameter>> tables,
                             const std::string& key, const std::string& message) {
  std::vector<std::string> names;
  for (const std::span<const Parameter> table : tables)
    for (const Parameter& p : table) names.emplace_back(p.name);
  const auto is_known = [&names](const Node::Entry& entry) {
    return std::ranges::find(names, entry.key) != names.end();
  };
  if (std::ranges::all_of(map.map, is_known)) return;
  const std::string keys = names.empty() ? "it has no options" : "keys: " + base::listed(names);
  for (const Node::Entry& entry : map.map) {
    if (is_known(entry)) continue;
    if (const std::size_t dot = entry.key.find('.');
        dot != std::string::npos && std::ranges::count(names, entry.key.substr(0, dot)) > 0) {
      mean(base::joined(key, entry.key.substr(0, dot)));
      mean(base::joined(key, entry.key));
      diagnostics_.error(entry.where, base::joined(key, entry.key), message, hint_for_dots(entry));
      continue;
    }
    if (entry.value.kind == Node::Kind::map && !key.empty() &&
        entry.key == key.substr(key.rfind('.') + 1)) {
      for (const std::string& name : names) mean(base::joined(key, name));
      ++unknown_keys_;
      diagnostics_.error(entry.where, base::joined(key, entry.key), message,
                         fmt::format("leave '{}:' out: what it holds is to stand here", entry.key));
      continue;
    }
    std::string suggestion = config::suggest(entry.key, names);
    const Elsewhere other =
        suggestion.empty() ? elsewhere(entry.key, map, key, tables) : Elsewhere{};
    if (!other.key.empty()) {
      meant_.try_emplace(other.below ? base::joined(key, other.key) : other.key);
      suggestion = other.key;
    } else if (!suggestion.empty()) {
      std::string& spelling = meant_[base::joined(key, suggestion)];
      if (!entry.made && config::is_misspelling(entry.key, suggestion)) spelling = entry.key;
    }
    const std::string foreign = base::foreign_character(entry.key);
    std::string instead(suggestion.empty() ? config::explanation(entry.key) : "");
    if (!other.key.empty() && !other.below && other.key.find('.') == other.key.npos)
      instead = fmt::format("'{}' is a key of the top level", other.key);
    // Only files can extend others.
    const bool in_file = entry.where.source != nullptr && !entry.where.source->path.empty();
    const std::string all = keys + (key.empty() && in_file ? ", extends" : "");
    ++unknown_keys_;
    const bool brought = entry.value.origin.source != nullptr && entry.value.where == map.where;
    diagnostics_.error_of_copy(
        entry.where, brought ? map.where : entry.where,
        base::joined(key, entry.key.empty() ? std::string("''") : entry.key), message,
        instead.empty() ? config::hint_of(suggestion, foreign.empty() ? all : foreign + "; " + all)
                        : instead);
  }
}

Validator::Elsewhere Validator::elsewhere(
    const std::string& name, const Node& map, const std::string& key,
    std::initializer_list<std::span<const Parameter>> tables) {
  std::vector<std::string> below;
  for (const std::span<const Parameter> table : tables)
    std::ranges::move(deeper(map, table), std::back_inserter(below));
  if (std::string meant = key_meant(name, below); !meant.empty()) return {std::move(meant), true};
  if (whole_ == nullptr) return {};
  std::vector<std::string> all = deeper(*whole_, experiment_parameters());
  if (is_of_component(key)) std::erase_if(all, is_of_component);
  for (const Parameter& p : experiment_parameters()) all.emplace_back(p.name);
  return {key_meant(name, all), false};
}

Value Validator::option(const Node& map, const Parameter& p, const std::string& key,
                        const Location& owner) {
  const std::string full = base::joined(key, p.name);
  if (const Node* node = map.find(p.name)) return given(*node, p, full);
  if (const std::string misspelt = misspelling(full); !misspelt.empty())
    if (const Node* node = map.find(misspelt)) look_inside(*node, p, base::joined(key, misspelt));
  if (p.fallback != nullptr) return fallback(p, full);
  if (config_ == Config::part || meant_.contains(full)) {
    ++passed_over_;
    return {};
  }
  const Location* removal = map.removal(p.name);
  const Location& where = removal != nullptr ? *removal : owner;
  diagnostics_.error(
      where, full, "missing: expected " + expectation(p),
      (removal != nullptr ? "removed here; " : "") + how_to_add(map, p, full, where));
  return {};
}

std::string Validator::misspelling(const std::string& key) const {
  const auto found = meant_.find(key);
  return found == meant_.end() ? std::string() : found->second;
}

void Validator::look_inside(const Node& node, const Parameter& p, const std::string& key) {
  const bool holds_options =
      p.type == ParameterType::group || (p.type == ParameterType::component && !p.list);
  if (holds_options) given(node, p, key);
}

std::string Validator::how_to_add(const Node& map, const Parameter& p, const std::string& key,
                                  const Location& owner) {
  std::string more = p.doc;
  if (p.type == ParameterType::component)
    more += (more.empty() ? "" : "; ") + listing(p.kind, catalogue_.names(p.kind));
  const bool bare = map.kind == Node::Kind::scalar;  // the name of a component, not a map
  const bool by_argument = owner.source != nullptr && owner.source->path.empty();
  const std::string line = fmt::format("{}: {}", p.name, placeholder(p));
  return fmt::format("{}{}",
                     by_argument ? fmt::format("add {}={}", key, placeholder(p))
                     : bare      ? fmt::format("write {{type: {}, {}}}", map.scalar, line)
                                 : fmt::format("add `{}`", line),
                     more.empty() ? "" : fmt::format("  ({})", more));
}

void Validator::wrong(const Node& node, const std::string& expected, const std::string& key,
                      const std::string& hint) {
  diagnostics_.error_of_copy(
      node.origin, node.where, key,
      fmt::format("expected {}, found {}", expected, config::described(node)),
      config::holds_secret(node.scalar) ? "only a text can be a secret" : hint);
}

std::string Validator::listing(Kind kind, std::span<const std::string> names) const {
  std::string text = names.empty() ? fmt::format("there are no {}", plural(kind))
                                   : fmt::format("{}: {}", plural(kind), base::listed(names));
  return text + fmt::format("; `assay plugins list {}`", name_of(kind));
}

}  // namespace assay::plan
