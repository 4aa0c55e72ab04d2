#include "runner/plan/validate.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "runner/config/complaint.h"
#include "runner/config/home.h"
#include "runner/config/suggest.h"
#include "runner/config/wording.h"
#include "runner/plan/expectation.h"
#include "runner/plan/fallback.h"
#include "runner/plan/scalar.h"

namespace assay::plan {
namespace {

using config::Location;
using config::Node;

bool within(double value, const Parameter& p) {
  if (p.exclusive_minimum ? value <= p.minimum : value < p.minimum) return false;
  return p.exclusive_maximum ? value < p.maximum : value <= p.maximum;
}

// Relative paths start at the folder of the file that says them.
std::string absolute(const std::string& path, const Node& node) {
  namespace fs = std::filesystem;
  const auto& source = node.origin ? node.origin : node.where.source;
  const bool in_file = source != nullptr && !source->path.empty();
  const fs::path base = in_file ? fs::path(source->path).parent_path() : fs::current_path();
  return (base / path).lexically_normal().string();
}

// Of a text in the place of a map.
std::string hint_for_text(const Node& node) {
  const bool plain = node.kind == Node::Kind::scalar && !node.quoted;
  return plain ? config::hint_for_key(node.scalar) : "";
}

// Of a key with dots in a file, whose first part is a key.
std::string hint_for_dots(const Node::Entry& entry) {
  std::string nested =
      entry.value.kind == Node::Kind::scalar ? config::shortened(entry.value.scalar) : "...";
  std::string_view keys = entry.key;
  for (std::size_t dot; (dot = keys.rfind('.')) != keys.npos; keys = keys.substr(0, dot))
    nested = fmt::format("{{{}: {}}}", keys.substr(dot + 1), nested);
  nested = fmt::format("{}: {}", keys, nested);
  return fmt::format("in a file keys nest: {}; dots are for the command line", nested);
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
  const std::string keys = names.empty() ? "it has no options" : "keys: " + config::listed(names);
  std::vector<std::string> below;
  for (const std::span<const Parameter> table : tables)
    std::ranges::move(deeper(map, table), std::back_inserter(below));
  for (const Node::Entry& entry : map.map) {
    if (is_known(entry)) continue;
    if (const std::size_t dot = entry.key.find('.');
        dot != std::string::npos && std::ranges::count(names, entry.key.substr(0, dot)) > 0) {
      mean(config::joined(key, entry.key.substr(0, dot)));
      mean(config::joined(key, entry.key));
      diagnostics_.error(entry.where, config::joined(key, entry.key), message,
                         hint_for_dots(entry));
      continue;
    }
    if (entry.value.kind == Node::Kind::map && !key.empty() &&
        entry.key == key.substr(key.rfind('.') + 1)) {
      for (const std::string& name : names) mean(config::joined(key, name));
      ++unknown_keys_;
      diagnostics_.error(entry.where, config::joined(key, entry.key), message,
                         fmt::format("leave '{}:' out: what it holds is to stand here", entry.key));
      continue;
    }
    std::string suggestion = config::suggest(entry.key, names);
    const auto ends_so = [end = "." + entry.key](const std::string& k) { return k.ends_with(end); };
    if (const auto found = std::ranges::find_if(below, ends_so);
        suggestion.empty() && found != below.end())
      suggestion = *found;
    if (!suggestion.empty()) mean(config::joined(key, suggestion));
    const std::string foreign = config::foreign_character(entry.key);
    ++unknown_keys_;
    diagnostics_.error(
        entry.where, config::joined(key, entry.key.empty() ? std::string("''") : entry.key),
        message, config::hint_of(suggestion, foreign.empty() ? keys : foreign + "; " + keys));
  }
}

Value Validator::option(const Node& map, const Parameter& p, const std::string& key,
                        const Location& owner) {
  const std::string full = config::joined(key, p.name);
  if (const Node* node = map.find(p.name)) return given(*node, p, full);
  if (p.fallback != nullptr) return fallback(p, full);
  if (meant_.contains(full)) {
    ++passed_over_;
    return {};
  }
  diagnostics_.error(owner, full, "missing: expected " + expectation(p),
                     how_to_add(map, p, full, owner));
  return {};
}

std::string Validator::how_to_add(const Node& map, const Parameter& p, const std::string& key,
                                  const Location& owner) {
  std::string more = p.doc;
  if (p.type == ParameterType::component)
    more += (more.empty() ? "" : "; ") + listing(p.kind, catalogue_.names(p.kind));
  const bool bare = map.kind == Node::Kind::scalar;  // the name of a component, and no map
  const bool by_argument = owner.source != nullptr && owner.source->path.empty();
  const std::string line = fmt::format("{}: {}", p.name, placeholder(p));
  return fmt::format("{}{}",
                     by_argument ? fmt::format("add {}={}", key, placeholder(p))
                     : bare      ? fmt::format("write {{type: {}, {}}}", map.scalar, line)
                                 : fmt::format("add `{}`", line),
                     more.empty() ? "" : fmt::format("  ({})", more));
}

Value Validator::given(const Node& node, const Parameter& p, const std::string& key) {
  Value value{{}, node.where};
  if (pass_over(node)) return value;
  const bool nullable = p.fallback != nullptr && std::string_view(p.fallback) == "null";
  if (node.kind == Node::Kind::null && nullable) return value;
  const bool plain = p.type != ParameterType::group && p.type != ParameterType::component;
  if (node.kind == Node::Kind::null && p.fallback != nullptr && plain) {
    wrong(node, expectation(p), key,
          fmt::format("leave the key out for the default, {}", p.fallback));
    return value;
  }
  if (!p.list) return single(node, p, key);
  if (node.kind != Node::Kind::list) {
    wrong(node, expectation(p), key,
          node.kind == Node::Kind::scalar && !node.quoted ? fmt::format("write [{}]", node.scalar)
                                                          : "");
    return value;
  }
  List list;
  for (std::size_t i = 0; i < node.list.size(); ++i)
    list.push_back(single(node.list[i], p, config::joined(key, std::to_string(i))));
  value.data = std::move(list);
  return value;
}

Value Validator::single(const Node& node, const Parameter& p, const std::string& key) {
  Value value{{}, node.where};
  if (pass_over(node)) return value;
  const auto take = [&](const auto& scalar, std::span<const std::string> words_to_mean = {}) {
    if (scalar.value) value.data = *scalar.value;
    else
      wrong(node, element_expectation(p), key,
            scalar.hint.empty() ? config::did_you_mean(node.scalar, words_to_mean) : scalar.hint);
  };
  const bool is_word = node.kind == Node::Kind::scalar && p.choices != nullptr &&
                       std::ranges::count(words(p.choices), node.scalar) > 0;
  switch (p.type) {
    case ParameterType::boolean:
      take(boolean(node), std::vector<std::string>{"true", "false"});
      break;
    case ParameterType::integer: {
      if (is_word) {
        value.data = node.scalar;
        break;
      }
      Scalar<std::int64_t> scalar = integer(node);
      if (scalar.value && !within(static_cast<double>(*scalar.value), p)) scalar.value.reset();
      take(scalar, words(p.choices));
      break;
    }
    case ParameterType::number: {
      Scalar<double> scalar = number(node);
      if (scalar.value && !within(*scalar.value, p)) scalar.value.reset();
      take(scalar);
      break;
    }
    case ParameterType::text:
    case ParameterType::path:
      if (node.kind != Node::Kind::scalar) wrong(node, element_expectation(p), key);
      else if (p.type == ParameterType::text) value.data = node.scalar;
      else return path(node, p, key);
      break;
    case ParameterType::choice:
      if (is_word) value.data = node.scalar;
      else
        wrong(node, element_expectation(p), key,
              config::did_you_mean(node.scalar, words(p.choices)));
      break;
    case ParameterType::rate: return rate(node, p, key);
    case ParameterType::component: value.data = component(node, p.kind, key).component; break;
    case ParameterType::group:
      if (node.kind == Node::Kind::map) {
        unknown_keys(node, {p.group()}, key, "unknown key");
        value.data = options(node, p.group(), key, node.where);
      } else {
        wrong(node, element_expectation(p), key, hint_for_text(node));
      }
      break;
  }
  return value;
}

Value Validator::path(const Node& node, const Parameter& p, const std::string& key) {
  Value value{{}, node.where};
  config::HomePath path = config::with_home(node.scalar);
  if (node.scalar.empty()) wrong(node, element_expectation(p), key);
  else if (!path.problem.empty())
    diagnostics_.error(node.where, key, std::move(path.problem), std::move(path.hint));
  else value.data = path.path.starts_with("assay:") ? path.path : absolute(path.path, node);
  return value;
}

Value Validator::rate(const Node& node, const Parameter& p, const std::string& key) {
  const Scalar<double> scalar = number(node);
  if (scalar.value && within(*scalar.value, p)) return {*scalar.value, node.where};
  // What starts like a number, and is none, is no schedule's name either.
  const bool numeric = scalar.value || !scalar.hint.empty() ||
                       (node.kind == Node::Kind::scalar && !node.quoted &&
                        node.scalar.find_first_of("+-.0123456789") == 0);
  if (numeric || node.kind == Node::Kind::null || node.kind == Node::Kind::list) {
    wrong(node, element_expectation(p), key, scalar.hint);
    return {{}, node.where};
  }
  const std::vector<std::string> schedules = catalogue_.names(Kind::schedule);
  if (node.kind == Node::Kind::scalar && std::ranges::count(schedules, node.scalar) == 0) {
    wrong(node, element_expectation(p), key,
          config::hint_of(config::suggest(node.scalar, schedules),
                          listing(Kind::schedule, schedules)) +
              refused(Kind::schedule, node.scalar));
    return {{}, node.where};
  }
  return {component(node, Kind::schedule, key).component, node.where};
}

Value Validator::fallback(const Parameter& p, const std::string& key) {
  const std::size_t problems = diagnostics_.size();
  Value value;
  if (const std::optional<Node> node = fallback_node(p, key, diagnostics_)) {
    ++defaults_;
    value = given(*node, p, key);
    --defaults_;
  }
  if (diagnostics_.size() > problems && defaults_ == 0)
    diagnostics_.error({}, key, fmt::format("its default, {}, is not valid", p.fallback),
                       "this is a mistake of the plugin; giving the option a value avoids it");
  return value;
}

void Validator::wrong(const Node& node, const std::string& expected, const std::string& key,
                      const std::string& hint) {
  diagnostics_.error(node.where, key,
                     fmt::format("expected {}, found {}", expected, config::described(node)), hint);
}

std::string Validator::listing(Kind kind, std::span<const std::string> names) const {
  std::string text = names.empty() ? fmt::format("there are no {}", plural(kind))
                                   : fmt::format("{}: {}", plural(kind), config::listed(names));
  return text + fmt::format("; `assay plugins list {}`", name_of(kind));
}

}  // namespace assay::plan
