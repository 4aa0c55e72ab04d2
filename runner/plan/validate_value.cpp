// Validates the value of one option.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <initializer_list>
#include <set>
#include <string>

#include "runner/base/home.h"
#include "runner/base/wording.h"
#include "runner/config/mistakes/complaint.h"
#include "runner/config/mistakes/suggest.h"
#include "runner/config/secret.h"
#include "runner/plan/bounds.h"
#include "runner/plan/expectation.h"
#include "runner/plan/fallback.h"
#include "runner/plan/scalar.h"
#include "runner/plan/validate.h"

namespace assay::plan {
namespace {

using config::Node;

// Makes a path absolute. Relative paths start at the folder of the file that contains them.
std::string absolute(const std::string& path, const Node& node) {
  namespace fs = std::filesystem;
  const auto& source = (node.origin.source ? node.origin : node.where).source;
  const bool in_file = source != nullptr && !source->path.empty();
  const fs::path base = in_file ? fs::path(source->path).parent_path() : fs::current_path();
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
                         fmt::format("{} is there twice", base::quoted(element.scalar)),
                         "leave one of them out");
  }
  value.data = std::move(list);
  return value;
}

std::string Validator::hint_for_list(const Node& node, const Parameter& p) {
  if (node.kind != Node::Kind::scalar) return {};
  if (node.scalar.starts_with('['))
    return "a text is no list, whatever it holds: write it out here";
  if (node.quoted) return {};
  std::string_view text = node.scalar;
  if (text.starts_with('(') && text.ends_with(')')) text = text.substr(1, text.size() - 2);
  config::Diagnostics problems;
  Validator(catalogue_, problems).single(config::scalar(std::string(text)), p, {});
  return problems.empty() ? fmt::format("write [{}]", text) : std::string();
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
    if (hint.empty()) hint = config::did_you_mean(node.scalar, words_to_mean);
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
    case ParameterType::path:
      if (node.kind != Node::Kind::scalar) wrong(node, element_expectation(p), key);
      else if (p.type == ParameterType::text) value.data = node.scalar;
      else return path(node, p, key);
      break;
    case ParameterType::choice:
      if (is_word) value.data = node.scalar;
      else
        wrong(node, element_expectation(p), key,
              config::hint_of(config::suggest(node.scalar, words(p.choices)),
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
          config::hint_of(config::suggest(node.scalar, schedules),
                          listing(Kind::schedule, schedules)) +
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
    ++defaults_;
    value = given(*node, p, key);
    --defaults_;
  }
  if (diagnostics_.size() > problems && defaults_ == 0)
    diagnostics_.error({}, key, fmt::format("its default, {}, is not valid", p.fallback),
                       "this is a mistake of the plugin; giving the option a value avoids it");
  return value;
}

}  // namespace assay::plan
