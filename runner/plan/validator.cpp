#include "runner/plan/validator.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <initializer_list>
#include <iterator>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>

#include "runner/base/home.h"
#include "runner/base/suggest.h"
#include "runner/base/wording.h"
#include "runner/config/mistakes/complaint.h"
#include "runner/config/reader.h"
#include "runner/config/reference.h"
#include "runner/config/secret.h"
#include "runner/plan/bounds.h"
#include "runner/plan/expectation.h"
#include "runner/plan/fallback.h"
#include "runner/plan/scalar.h"
#include "runner/plan/schema.h"
#include "runner/plan/value_name.h"

namespace assay::plan {
namespace {

using config::Location;
using config::Node;

// Keys of other programs that select the device to compute on.
constexpr std::array<std::string_view, 9> devices = {
    "accelerator", "cuda", "device", "devices", "gpu", "gpus", "num_gpus", "use_cuda", "use_gpu"};
constexpr std::array<std::string_view, 6> precisions = {
    "amp", "bf16", "dtype", "fp16", "mixed_precision", "precision"};

// Returns advice about a key that other programs have and Assay does not need; empty for any other.
std::string_view advice_about(std::string_view key) {
  if (std::ranges::find(devices, key) != devices.end())
    return "Assay computes on the CPU: leave it out";
  if (std::ranges::find(precisions, key) != precisions.end())
    return "Assay computes in float32: leave it out";
  return {};
}

// Returns the node of NAME in `NAME` or `{type: NAME}`.
const Node* type_of(const Node& component) {
  return component.kind == Node::Kind::map ? component.find("type") : &component;
}

// Returns the hint for a key with dots in a file whose first part is a key.
std::string hint_for_dots(const Node::Entry& entry) {
  std::string nested =
      entry.value.kind == Node::Kind::scalar ? base::shortened(entry.value.scalar) : "...";
  std::string_view keys = entry.key;
  for (std::size_t dot; (dot = keys.rfind('.')) != keys.npos; keys = keys.substr(0, dot))
    nested = fmt::format("{{{}: {}}}", keys.substr(dot + 1), nested);
  nested = fmt::format("{}: {}", keys, nested);
  return fmt::format("in a file, keys nest: {}; dots are for the command line", nested);
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
  if (const std::string other = base::synonym(lower(name), names); !other.empty())
    return only([&](std::string_view last) { return last == other; });
  return only([&](std::string_view last) {
    const bool is_end = last.size() >= 4 && name.size() > last.size() && name.ends_with(last) &&
                        name[name.size() - last.size() - 1] == '_';  // num_epochs
    return is_end || (last.size() >= 4 && base::is_misspelling(name, last));
  });
}

// Makes a path absolute. Relative paths start at the folder of the file that contains them.
std::string absolute(const std::string& path, const Node& node) {
  namespace fs = std::filesystem;
  const config::Location& written = node.origin.source ? node.origin : node.where;
  const fs::path base =
      written.is_in_file() ? fs::path(written.source->path).parent_path() : fs::current_path();
  return (base / path).lexically_normal().string();
}

// Returns the hint for a text in place of a map.
std::string hint_for_text(const Node& node, std::span<const Parameter> table) {
  if (node.kind != Node::Kind::scalar || node.quoted) return {};
  const std::string_view text = node.scalar;
  std::string hint = config::hint_for_key(text);
  const std::size_t end = text.find(' ');
  if (!hint.empty() || end == text.npos) return hint;
  const std::string_view name = text.substr(0, end);
  const std::string_view rest = text.substr(text.find_first_not_of(' ', end));
  const bool is_entry = rest.find(' ') == rest.npos &&
                        std::ranges::any_of(table, [&](auto& p) { return p.name == name; });
  return is_entry ? fmt::format("write {}: {}", name, base::shortened(rest)) : "";
}

// Suggests what to write instead of the words that other programs use for an absent value.
std::string hint_for_absence(const Node& node, const Parameter& p) {
  if (node.kind != Node::Kind::scalar || node.quoted || p.list || p.fallback == nullptr) return {};
  const auto is_one_of = [&node](std::initializer_list<std::string_view> words) {
    return std::ranges::any_of(words, [&node](std::string_view word) {
      return std::ranges::equal(word, node.scalar, [](char a, char b) {
        return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b - 'A' + 'a') : b);
      });
    });
  };
  const bool nullable = std::string_view(p.fallback) == "null";
  const bool is_nothing = is_one_of({"none", "nil"});
  if (is_nothing && nullable) return "write null";
  const bool is_automatic = is_one_of({"auto", "automatic", "default"}) ||
                            (p.type == ParameterType::integer && node.scalar == "-1");
  if (!is_nothing && !is_automatic) return {};
  return fmt::format("leave the key out for the default, {}", p.fallback);
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
                         fmt::format("leave out '{}:' and put its content here", entry.key));
      continue;
    }
    std::string suggestion = base::suggest(entry.key, names);
    const Elsewhere other =
        suggestion.empty() ? elsewhere(entry.key, map, key, tables) : Elsewhere{};
    if (!other.key.empty()) {
      meant_.try_emplace(other.below ? base::joined(key, other.key) : other.key);
      suggestion = other.key;
    } else if (!suggestion.empty()) {
      std::string& spelling = meant_[base::joined(key, suggestion)];
      if (!entry.made && base::is_misspelling(entry.key, suggestion)) spelling = entry.key;
    }
    const std::string foreign = base::foreign_character(entry.key);
    std::string instead(suggestion.empty() ? advice_about(entry.key) : "");
    if (!other.key.empty() && !other.below && other.key.find('.') == other.key.npos)
      instead = fmt::format("'{}' is a key of the top level", other.key);
    // Only files can extend others.
    const std::string all = keys + (key.empty() && entry.where.is_in_file() ? ", extends" : "");
    ++unknown_keys_;
    const bool brought = entry.value.origin.source != nullptr && entry.value.where == map.where;
    diagnostics_.error_of_copy(
        entry.where, brought ? map.where : entry.where,
        base::joined(key, entry.key.empty() ? std::string("''") : entry.key), message,
        instead.empty() ? base::hint_of(suggestion, foreign.empty() ? all : foreign + "; " + all)
                        : instead);
  }
}

std::string Validator::misspelling(const std::string& key) const {
  const auto found = meant_.find(key);
  return found == meant_.end() ? std::string() : found->second;
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
  if (defaults_ > 0 && depth_ > 0) ++default_components_;
  const bool many = default_components_ > most_default_components;
  if ((depth_ > deepest_component || many) && !endless_) {
    if (defaults_ > 0)
      diagnostics_.error({}, default_key_, "endless defaults: each contains another component");
    else
      diagnostics_.error(
          node.where, key,
          fmt::format("components are nested deeper than {} levels", deepest_component));
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
                 fmt::format("{} '{}' has no such option", in_words(kind), name));
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
    return !base::suggest(entry.key, wanted).empty();
  });
  const bool misspelt = near != component.map.end();
  const std::vector<std::string> known = catalogue_.names(kind);
  const bool nests = !misspelt && component.map.size() == 1 &&
                     component.map.front().value.kind != Node::Kind::scalar;
  const Node::Entry* below = nests ? &component.map.front() : nullptr;
  std::string hint = base::hint_of(misspelt ? "type" : "", listing(kind, known));
  if (nests && std::ranges::count(known, below->key) > 0)
    hint = fmt::format("write {{type: {}, ...}}: its options go next to it", below->key);
  else if (nests && below->value.find("type") != nullptr)
    hint = fmt::format("leave out '{}:' and put its content here", below->key);
  else below = nullptr;
  const config::Location* removal = component.removal("type");
  if (removal != nullptr && !misspelt) hint = "removed here; " + hint;
  diagnostics_.error(misspelt             ? near->where
                     : removal != nullptr ? *removal
                     : below != nullptr   ? below->where
                                          : component.where,
                     key, fmt::format("missing: type, the name of {}", with_article(kind)), hint);
  return misspelt && base::is_misspelling(near->key, "type") ? near->key : std::string();
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
    const std::string suggestion = base::suggest(type.scalar, names);
    const std::string foreign = base::foreign_character(type.scalar);
    std::string hint =
        base::hint_of(suggestion, (foreign.empty() ? "" : foreign + "; ") + listing(kind, names)) +
        refused(kind, type.scalar);
    if (suggestion.empty())
      for (const std::string& place : catalogue_.searched()) hint += "\nsearched: " + place;
    std::string other;
    for (const std::string_view name : kind_names)
      if (std::ranges::count(catalogue_.names(*kind_from_name(name)), type.scalar) > 0)
        other = fmt::format(": that is {}", with_article(*kind_from_name(name)));
    diagnostics_.error_of_copy(
        type.origin, type.where, key,
        fmt::format("no {} {}{}", in_words(kind), base::quoted(type.scalar), other), hint);
    return std::nullopt;
  }
  for (const std::string& doubt : catalogue_.doubts(kind, type.scalar))
    diagnostics_.warning(type.where, key, doubt);
  try {
    return catalogue_.parameters(kind, type.scalar);
  } catch (const std::runtime_error& error) {
    diagnostics_.error(type.where, key,
                       fmt::format("{} '{}' cannot be used", in_words(kind), type.scalar),
                       error.what());
    return std::nullopt;
  }
}

std::optional<std::span<const Parameter>> Validator::near_table(std::string& name, Kind kind) {
  const std::string near = base::suggest(name, catalogue_.names(kind));
  if (near.empty() || !base::is_misspelling(name, near)) return std::nullopt;
  try {
    const auto table = catalogue_.parameters(kind, near);
    name = near;
    return table;
  } catch (const std::runtime_error&) {  // it does not load; reported where it is named
    return std::nullopt;
  }
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
    wrong(node, expectation(p), key, hint_for_list(node, p));
    return value;
  }
  List list;
  std::set<std::string> chosen;
  for (std::size_t i = 0; i < node.list.size(); ++i) {
    const Node& element = node.list[i];
    const std::string name = base::joined(key, std::to_string(i));
    list.push_back(single(element, p, name));
    if (p.type == ParameterType::choice && element.kind == Node::Kind::scalar &&
        !chosen.insert(element.scalar).second)
      diagnostics_.error(element.where, name,
                         fmt::format("{} occurs twice", base::quoted(element.scalar)),
                         "leave one of them out");
  }
  value.data = std::move(list);
  return value;
}

Value Validator::single(const Node& node, const Parameter& p, const std::string& key) {
  Value value{{}, node.where};
  if (pass_over(node)) return value;
  const auto take = [&](const auto& scalar, std::span<const std::string> words_to_mean = {}) {
    if (scalar.value) {
      value.data = *scalar.value;
      return;
    }
    std::string hint = scalar.hint;
    if (hint.empty()) hint = hint_for_absence(node, p);
    if (hint.empty()) hint = base::did_you_mean(node.scalar, words_to_mean);
    wrong(node, element_expectation(p), key, hint);
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
      if (!scalar.hint.empty())
        if (const auto real = number(node).value; real && !within(*real, p)) scalar.hint.clear();
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
    case ParameterType::tag:
      if (node.kind != Node::Kind::scalar) wrong(node, element_expectation(p), key);
      else value.data = node.scalar;
      break;
    case ParameterType::path:
      if (node.kind == Node::Kind::scalar) return path(node, p, key);
      wrong(node, element_expectation(p), key);
      break;
    case ParameterType::value:
      if (node.kind != Node::Kind::scalar) wrong(node, element_expectation(p), key);
      else if (ValueName::parse(node.scalar) || config::next_reference(node.scalar, 0))
        value.data = node.scalar;
      else diagnostics_.error_of_copy(node.origin, node.where, key, no_value(node.scalar));
      break;
    case ParameterType::choice:
      if (is_word) value.data = node.scalar;
      else
        wrong(node, element_expectation(p), key,
              base::hint_of(base::suggest(node.scalar, words(p.choices)),
                            base::foreign_character(node.scalar) + hint_for_absence(node, p)));
      break;
    case ParameterType::rate: return rate(node, p, key);
    case ParameterType::component: value.data = component(node, p.kind, key).component; break;
    case ParameterType::group:
      if (node.kind == Node::Kind::map) {
        unknown_keys(node, {p.group()}, key, "unknown key");
        value.data = options(node, p.group(), key, node.where);
      } else {
        wrong(node, element_expectation(p), key,
              hint_for_text(node, p.group()) + hint_for_absence(node, p));
      }
      break;
  }
  return value;
}

Value Validator::path(const Node& node, const Parameter& p, const std::string& key) {
  Value value{{}, node.where};
  base::HomePath path = base::with_home(node.scalar);
  if (config::holds_secret(node.scalar)) wrong(node, element_expectation(p), key);
  else if (node.scalar.empty()) wrong(node, element_expectation(p), key);
  else if (!path.problem.empty())
    diagnostics_.error(node.where, key, std::move(path.problem), std::move(path.hint));
  else value.data = path.path.starts_with("assay:") ? path.path : absolute(path.path, node);
  return value;
}

Value Validator::rate(const Node& node, const Parameter& p, const std::string& key) {
  const Scalar<double> scalar = number(node);
  if (scalar.value && within(*scalar.value, p)) return {*scalar.value, node.where};
  // A text that starts like a number but is not one is not a schedule's name either.
  const bool numeric = scalar.value || !scalar.hint.empty() ||
                       (node.kind == Node::Kind::scalar && !node.quoted &&
                        node.scalar.find_first_of("+-.0123456789") == 0);
  if (numeric || node.kind == Node::Kind::null || node.kind == Node::Kind::list) {
    wrong(node, element_expectation(p), key,
          scalar.hint.empty() ? hint_for_absence(node, p) : scalar.hint);
    return {{}, node.where};
  }
  const std::vector<std::string> schedules = catalogue_.names(Kind::schedule);
  if (node.kind == Node::Kind::scalar && std::ranges::count(schedules, node.scalar) == 0) {
    wrong(node, element_expectation(p), key,
          base::hint_of(base::suggest(node.scalar, schedules), listing(Kind::schedule, schedules)) +
              (hint_for_absence(node, p).empty() ? "" : "\n" + hint_for_absence(node, p)) +
              refused(Kind::schedule, node.scalar));
    return {{}, node.where};
  }
  return {component(node, Kind::schedule, key).component, node.where};
}

Value Validator::fallback(const Parameter& p, const std::string& key) {
  const std::size_t problems = diagnostics_.size();
  Value value;
  if (const std::optional<Node> node = fallback_node(p, key, diagnostics_)) {
    if (defaults_++ == 0) default_key_ = key;
    value = given(*node, p, key);
    --defaults_;
  }
  if (diagnostics_.size() > problems && defaults_ == 0)
    diagnostics_.error({}, key, fmt::format("its default, {}, is not valid", p.fallback),
                       "this is a mistake in the plugin; giving the option a value avoids it");
  return value;
}

void Validator::look_inside(const Node& node, const Parameter& p, const std::string& key) {
  const bool holds_options =
      (p.type == ParameterType::group || p.type == ParameterType::component) && !p.list;
  if (holds_options) given(node, p, key);
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

void Validator::wrong(const Node& node, const std::string& expected, const std::string& key,
                      const std::string& hint) {
  diagnostics_.error_of_copy(
      node.origin, node.where, key,
      fmt::format("expected {}, found {}", expected, config::described(node)),
      config::holds_secret(node.scalar) ? "only a text can be a secret" : hint);
}

std::string Validator::hint_for_list(const Node& node, const Parameter& p) {
  if (node.kind != Node::Kind::scalar) return {};
  if (node.scalar.starts_with('['))
    return "a text is never a list, whatever it contains: write the list here";
  if (node.quoted) return {};
  std::string_view text = node.scalar;
  if (text.starts_with('(') && text.ends_with(')')) text = text.substr(1, text.size() - 2);
  config::Diagnostics problems;
  Validator(catalogue_, problems).single(config::scalar(std::string(text)), p, {});
  return problems.empty() ? fmt::format("write [{}]", text) : std::string();
}

std::string Validator::how_to_add(const Node& map, const Parameter& p, const std::string& key,
                                  const Location& owner) {
  std::string more = p.doc;
  if (p.type == ParameterType::component)
    more += (more.empty() ? "" : "; ") + listing(p.kind, catalogue_.names(p.kind));
  const bool bare = map.kind == Node::Kind::scalar;  // the name of a component, not a map
  const std::string line = fmt::format("{}: {}", p.name, placeholder(p));
  return fmt::format("{}{}",
                     owner.is_in_argument() ? fmt::format("add {}={}", key, placeholder(p))
                     : bare ? fmt::format("write {{type: {}, {}}}", map.scalar, line)
                            : fmt::format("add `{}`", line),
                     more.empty() ? "" : fmt::format("  ({})", more));
}

std::string Validator::listing(Kind kind, std::span<const std::string> names) const {
  std::string text = names.empty() ? fmt::format("there are no {}", plural(kind))
                                   : fmt::format("{}: {}", plural(kind), base::listed(names));
  return text + fmt::format("; `assay plugins list {}`", name_of(kind));
}

std::string Validator::refused(Kind kind, const std::string& name) const {
  std::string lines;
  for (const std::string& library : catalogue_.refused(kind, name))
    lines += "\nrefused: " + library;
  return lines;
}

}  // namespace assay::plan
