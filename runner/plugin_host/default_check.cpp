#include "runner/plugin_host/default_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "runner/base/wording.h"
#include "runner/config/diagnostics.h"
#include "runner/plan/expectation.h"
#include "runner/plan/fallback.h"
#include "runner/plan/validator.h"
#include "runner/plugin_host/library.h"

namespace assay::plugin_host {
namespace {

using config::Node;

class NoComponents final : public plan::Catalogue {
 public:
  std::vector<std::string> names(Kind /*kind*/) override { return {}; }
  std::span<const Parameter> parameters(Kind /*kind*/, std::string_view /*name*/) override {
    return {};
  }
  std::vector<std::string> searched() const override { return {}; }
};

std::string first(const config::Diagnostics& problems) {
  return problems.empty() ? "" : problems.sorted().front().message;
}

bool is_null(const Parameter& p) { return std::string_view(p.fallback) == "null"; }

// Returns the node of NAME in `NAME` or `{type: NAME}`.
const Node* type_of(const Node& node) {
  const Node* type = node.kind == Node::Kind::map ? node.find("type") : &node;
  return type != nullptr && type->kind == Node::Kind::scalar ? type : nullptr;
}

// Returns the message that a config with this value would get if there were no components.
std::string of_scalar(const Node& node, const Parameter& p) {
  NoComponents nothing;
  config::Diagnostics problems;
  Node map;
  map.kind = Node::Kind::map;
  map.map.push_back({p.name, {}, node});
  plan::Validator(nothing, problems).option(map, p, {}, {});
  return first(problems);
}

}  // namespace

class DefaultCheck::Descent {
 public:
  explicit Descent(const DefaultCheck& check) : check_(check) {}

  /// Returns true if components nest deeper than the host allows, or are too many.
  bool is_endless(const Node& node, const Parameter& p, std::size_t depth) {
    if (p.list && node.kind == Node::Kind::list)
      return std::ranges::any_of(node.list,
                                 [&](const Node& one) { return is_endless_one(one, p, depth); });
    return is_endless_one(node, p, depth);
  }

 private:
  bool is_endless_one(const Node& node, const Parameter& p, std::size_t depth) {
    if (p.type == ParameterType::group) return is_endless(node, p.group(), depth);
    const bool rate = p.type == ParameterType::rate;
    const Node* type = rate || p.type == ParameterType::component ? type_of(node) : nullptr;
    if (type == nullptr) return false;
    const Component* own = check_.find(rate ? Kind::schedule : p.kind, type->scalar);
    if (own == nullptr) return false;
    if (depth == plan::deepest_component || left_ == 0) return true;
    --left_;
    return is_endless(node, parameters(*own), depth + 1);
  }

  bool is_endless(const Node& map, std::span<const Parameter> table, std::size_t depth) {
    return std::ranges::any_of(table, [&](const Parameter& p) {
      if (const Node* given = map.kind == Node::Kind::map ? map.find(p.name) : nullptr)
        return is_endless(*given, p, depth);
      if (p.fallback == nullptr) return false;
      config::Diagnostics problems;
      const std::optional<Node> node = plan::fallback_node(p, p.name, problems);
      return node && is_endless(*node, p, depth);
    });
  }

  const DefaultCheck& check_;
  std::size_t left_ = plan::most_default_components;
};

std::string DefaultCheck::mistake_in(const Parameter& parameter) const {
  if (is_null(parameter)) return {};
  config::Diagnostics problems;
  const std::optional<Node> node = plan::fallback_node(parameter, parameter.name, problems);
  if (!node || !problems.empty()) return first(problems);
  std::string mistake = value(*node, parameter);
  if (mistake.empty() && Descent(*this).is_endless(*node, parameter, 0))
    mistake = "it contains components within components without end";
  return mistake;
}

std::string DefaultCheck::value(const Node& node, const Parameter& p) const {
  if (!p.list) return single(node, p);
  if (node.kind != Node::Kind::list)
    return fmt::format("expected {}, found {}", plan::expectation(p), config::described(node));
  for (const Node& element : node.list)
    if (std::string mistake = single(element, p); !mistake.empty()) return mistake;
  return {};
}

std::string DefaultCheck::single(const Node& node, const Parameter& p) const {
  const bool rate = p.type == ParameterType::rate;
  if (rate || p.type == ParameterType::component) {
    const Kind kind = rate ? Kind::schedule : p.kind;
    const Node* type = type_of(node);
    if (node.kind == Node::Kind::map || (type != nullptr && exists(kind, type->scalar)))
      return component(node, kind);
  }
  if (p.type == ParameterType::group && node.kind == Node::Kind::map)
    return options(node, p.group());
  Parameter alone = p;
  alone.list = false;
  return of_scalar(node, alone);
}

std::string DefaultCheck::component(const Node& node, Kind kind) const {
  const Node* type = type_of(node);
  if (type == nullptr)
    return fmt::format("missing: type, the name of {}", plan::with_article(kind));
  if (!exists(kind, type->scalar))
    return fmt::format("no {} {}", name_of(kind), base::quoted(type->scalar));
  const Component* own = find(kind, type->scalar);
  if (own == nullptr) return {};
  Node given = node;
  if (node.kind != Node::Kind::map) given.map.clear();
  std::erase_if(given.map, [](const Node::Entry& entry) { return entry.key == "type"; });
  const std::string mistake = options(given, parameters(*own));
  return mistake.empty() ? "" : fmt::format("{} {}: {}", name_of(kind), own->name, mistake);
}

std::string DefaultCheck::options(const Node& map, std::span<const Parameter> table) const {
  for (const Node::Entry& entry : map.map)
    if (std::ranges::none_of(table, [&](const Parameter& p) { return p.name == entry.key; }))
      return fmt::format("there is no option {}", base::quoted(entry.key));
  for (const Parameter& p : table) {
    const Node* given = map.find(p.name);
    if (given == nullptr && p.fallback == nullptr)
      return fmt::format("option '{}' is missing", p.name);
    if (given == nullptr ||
        (given->kind == Node::Kind::null && p.fallback != nullptr && is_null(p)))
      continue;
    if (const std::string mistake = value(*given, p); !mistake.empty())
      return fmt::format("option '{}': {}", p.name, mistake);
  }
  return {};
}

const Component* DefaultCheck::find(Kind kind, std::string_view name) const {
  const auto found = std::ranges::find_if(
      own_, [&](const Component* c) { return c->kind == kind && c->name == name; });
  return found == own_.end() ? nullptr : *found;
}

bool DefaultCheck::exists(Kind kind, std::string_view name) const {
  if (find(kind, name) != nullptr) return true;
  return elsewhere_ ? elsewhere_(kind, name) : is_name(name);
}

}  // namespace assay::plugin_host
