#include "runner/plan/option_walk.h"

#include <algorithm>
#include <stdexcept>

#include "runner/config/diagnostics.h"
#include "runner/config/key_lookup.h"
#include "runner/plan/fallback.h"
#include "runner/plan/schema.h"

namespace assay::plan {
namespace {

using config::Node;

const Node* child_of(const Node* node, std::string_view key) {
  if (node == nullptr) return nullptr;
  if (node->kind != Node::Kind::list) return node->find(key);
  const auto index = config::index_of(key);
  return index && *index < node->list.size() ? &node->list[*index] : nullptr;
}

}  // namespace

bool OptionWalk::steps(std::span<const std::string> keys) {
  return std::ranges::all_of(keys, [this](const std::string& key) { return step(key); });
}

bool OptionWalk::step(std::string_view key) {
  const Node* next = child_of(node_, key);
  const Parameter* parameter = is_section() ? parameter_ : nullptr;
  const bool element = is_section();
  if (element && next == nullptr) return false;
  for (const std::span<const Parameter> table : tables())
    for (const Parameter& p : table)
      if (p.name == key) parameter = &p;
  if (key == "type" && next == nullptr) next = type();
  if (next == nullptr && parameter != nullptr && parameter->fallback != nullptr) {
    config::Diagnostics told_when_the_config_is_checked;
    if (auto node = fallback_node(*parameter, {}, told_when_the_config_is_checked))
      next = &defaults_.emplace_back(std::move(*node));
  }
  if (next == nullptr && parameter == nullptr) return false;
  node_ = next;
  parameter_ = parameter;
  element_ = element;
  ++depth_;
  return true;
}

std::vector<OptionWalk::Option> OptionWalk::options() const {
  std::vector<Option> result;
  if (is_section() && node_ != nullptr) {
    for (const Node::Entry& entry : node_->map) result.push_back({entry.key});
    for (std::size_t i = 0; i < node_->list.size(); ++i) result.push_back({std::to_string(i)});
  }
  for (const std::span<const Parameter> table : tables())
    for (const Parameter& p : table) result.push_back({p.name, &p});
  return result;
}

std::optional<Kind> OptionWalk::kind() const {
  if (parameter_ == nullptr || is_section()) return std::nullopt;
  if (parameter_->type == ParameterType::component) return parameter_->kind;
  if (parameter_->type == ParameterType::rate) return Kind::schedule;
  return std::nullopt;
}

const Node* OptionWalk::type() const {
  const auto kind = this->kind();
  if (!kind || node_ == nullptr) return nullptr;
  const Node* type = node_->kind == Node::Kind::map ? node_->find("type") : node_;
  if (type == nullptr || type->kind != Node::Kind::scalar) return nullptr;
  const std::vector<std::string> names = catalogue_.names(*kind);
  return std::ranges::find(names, type->scalar) == names.end() ? nullptr : type;
}

std::vector<std::span<const Parameter>> OptionWalk::tables() const {
  if (depth_ == 0) return {experiment_parameters()};
  const bool has_nothing = node_ != nullptr && node_->kind == Node::Kind::null;
  if (parameter_ == nullptr || has_nothing) return {};
  if (parameter_->type == ParameterType::group && is_section()) return {};
  if (parameter_->type == ParameterType::group) return {parameter_->group()};
  const auto kind = this->kind();
  if (!kind) return {};
  std::vector<std::span<const Parameter>> result;
  const bool at_the_top = depth_ == (parameter_->list ? 2 : 1);
  if (at_the_top) result.push_back(common_parameters(*kind));
  const Node* const name = type();
  if (name == nullptr) return result;
  try {
    result.push_back(catalogue_.parameters(*kind, name->scalar));
  } catch (const std::runtime_error&) {  // it does not load; the check reports that
  }
  return result;
}

std::optional<Node> TableDefaults::value(const Node& config,
                                         std::span<const std::string> path) const {
  OptionWalk walk(config, catalogue_);
  if (!walk.steps(path) || walk.node() == nullptr) return std::nullopt;
  return *walk.node();
}

std::vector<std::string> TableDefaults::keys(const Node& config,
                                             std::span<const std::string> path) const {
  std::vector<std::string> result;
  OptionWalk walk(config, catalogue_);
  if (walk.steps(path))
    for (OptionWalk::Option& option : walk.options()) result.push_back(std::move(option.name));
  return result;
}

config::Takes TableDefaults::takes(const Node& config, std::span<const std::string> path) const {
  using config::Takes;
  OptionWalk walk(config, catalogue_);
  if (!walk.steps(path) || walk.parameter() == nullptr) return Takes::unknown;
  if (walk.parameter()->list && !walk.is_element()) return Takes::list;
  switch (walk.parameter()->type) {
    case ParameterType::number:
    case ParameterType::rate: return Takes::fraction;
    case ParameterType::text:
    case ParameterType::tag:
    case ParameterType::value:
    case ParameterType::path: return Takes::text;
    default: return Takes::other;
  }
}

bool TableDefaults::takes_secret(const Node& config, std::span<const std::string> path) const {
  // The keys of every experiment are written and shown, as are types and tags.
  if (path.size() < 2 || path.back() == "type") return false;
  OptionWalk walk(config, catalogue_);
  if (!walk.steps(path) || walk.parameter() == nullptr) return true;
  const ParameterType type = walk.parameter()->type;
  return type == ParameterType::text || type == ParameterType::value;
}

bool TableDefaults::is_tag(const Node& config, std::span<const std::string> path) const {
  OptionWalk walk(config, catalogue_);
  return walk.steps(path) && walk.parameter() != nullptr &&
         walk.parameter()->type == ParameterType::tag;
}

}  // namespace assay::plan
