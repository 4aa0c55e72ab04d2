#include "runner/command_line/complete_key.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "runner/config/composition.h"
#include "runner/config/key_lookup.h"
#include "runner/config/overrides.h"
#include "runner/plan/expectation.h"
#include "runner/plan/options.h"
#include "runner/plan/schema.h"

namespace assay::command_line {
namespace {

using config::Node;

// Its problems are for `assay check` to tell.
Node read(std::string path, std::span<const std::string> overrides, plan::Catalogue& catalogue) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) path += "/plan.yaml";
  config::Diagnostics problems;
  const config::StaysWithPlace stays = plan::stays_with_place;
  config::Composition composition(stays, problems);
  Node config = composition.file(path).value_or(Node{});
  config.kind = Node::Kind::map;
  config::apply_overrides(config, overrides, composition, plan::Defaults(catalogue), problems);
  return config;
}

bool has_keys(const Parameter& p, const Node* node) {
  if (p.type == ParameterType::group || p.type == ParameterType::component) return true;
  return p.type == ParameterType::rate && node != nullptr && node->kind == Node::Kind::map;
}

std::vector<std::string> values(const plan::OptionWalk& at, bool is_type,
                                plan::Catalogue& catalogue) {
  const Parameter* p = at.parameter();
  if (p == nullptr) return {};
  const bool single = !p->list || at.is_element();
  if (p->type == ParameterType::component && single) return catalogue.names(p->kind);
  if (p->type == ParameterType::rate && is_type) return catalogue.names(Kind::schedule);
  if (p->list || is_type) return {};
  if (p->type == ParameterType::boolean) return {"false", "true"};
  return p->choices == nullptr ? std::vector<std::string>() : plan::words(p->choices);
}

}  // namespace

std::vector<Candidate> complete_key(const Common& common, const std::string& config,
                                    std::span<const std::string> overrides,
                                    const std::string& word) {
  plugin_host::PluginHost host = make_plugin_host(common);
  const Node root = read(config, overrides, host);
  const std::size_t begin = std::min(word.find_first_not_of("+~"), word.size());
  const std::size_t equals = word.find('=', begin);
  const std::size_t end = std::min(equals, word.size());
  std::vector<std::string> path = config::parts_of(word.substr(begin, end - begin));
  std::vector<Candidate> result;
  const auto add = [&](std::string text, std::string about) {
    if (text.starts_with(word)) result.emplace_back(std::move(text), std::move(about));
  };
  plan::OptionWalk walk(root, host);
  if (equals != std::string::npos) {
    const bool is_type = path.back() == "type" && path.size() > 1;
    if (is_type) path.pop_back();
    if (walk.steps(path))
      for (const std::string& value : values(walk, is_type, host))
        add(word.substr(0, equals + 1) + value, "");
    return result;
  }
  path.pop_back();  // which is what there is of the key
  if (!walk.steps(path)) return result;
  const std::string owner = word.rfind('.') == std::string::npos
                                ? word.substr(0, begin)
                                : word.substr(0, word.rfind('.') + 1);
  if (!path.empty() && !values(walk, true, host).empty()) add(owner + "type=", "");
  for (const plan::OptionWalk::Option& option : walk.options()) {
    const Parameter* p = option.parameter;
    const Node* node = walk.node() == nullptr ? nullptr : walk.node()->find(option.name);
    const bool more = p == nullptr || has_keys(*p, node);
    add(owner + option.name + (more ? "." : "="), p == nullptr ? "" : p->doc);
  }
  return result;
}

}  // namespace assay::command_line
