#include "runner/command_line/complete_key.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "runner/config/composition.h"
#include "runner/config/key_lookup.h"
#include "runner/config/overrides.h"
#include "runner/plan/expectation.h"
#include "runner/plan/option_walk.h"
#include "runner/plan/schema.h"

namespace assay::command_line {
namespace {

using config::Node;

// Reads the config. It ignores problems; `assay check` reports them.
Node read(std::string path, std::span<const std::string> overrides, plan::Catalogue& catalogue) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) path += "/plan.yaml";
  config::Diagnostics problems;
  const config::StaysWithPlace stays = plan::stays_with_place;
  config::Composition composition(stays, problems);
  Node config = composition.file(path).value_or(Node{});
  config.kind = Node::Kind::map;
  config::apply_overrides(config, overrides, composition, plan::TableDefaults(catalogue), problems);
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

// The keys that a word asks for, according to its prefix: any key, a missing one, or one to remove.
enum class Wanted { any, absent, present };

Wanted wanted(std::string_view word) {
  if (word.starts_with('~')) return Wanted::present;
  return word.starts_with('+') && !word.starts_with("++") ? Wanted::absent : Wanted::any;
}

const Node* child_of(const Node* node, const std::string& key) {
  if (node == nullptr || node->kind != Node::Kind::list) return node ? node->find(key) : nullptr;
  const auto index = config::index_of(key);
  return index && *index < node->list.size() ? &node->list[*index] : nullptr;
}

// Returns true if there is something to remove below. `type` does not count: a component needs it.
bool holds_keys(const Node* node) {
  return node != nullptr &&
         (!node->list.empty() || std::ranges::any_of(node->map, [](const Node::Entry& entry) {
           return entry.key != "type";
         }));
}

class KeyCompletion {
 public:
  KeyCompletion(const Node& root, plan::Catalogue& catalogue, const std::string& word)
      : root_(root), catalogue_(catalogue), word_(word), wanted_(wanted(word)) {}

  std::vector<Candidate> candidates() {
    const std::size_t begin = std::min(word_.find_first_not_of("+~"), word_.size());
    const std::size_t equals = word_.find('=', begin);
    const std::size_t end = std::min(equals, word_.size());
    std::vector<std::string> path = config::parts_of(word_.substr(begin, end - begin));
    if (equals != std::string::npos) {
      values_at(std::move(path), word_.substr(0, equals + 1));
      return std::move(result_);
    }
    path.pop_back();  // the part of the key that is already there
    const std::size_t dot = word_.rfind('.');
    keys_below(path, word_.substr(0, dot == std::string::npos ? begin : dot + 1));
    return std::move(result_);
  }

 private:
  void values_at(std::vector<std::string> path, const std::string& prefix) {
    plan::OptionWalk walk(root_, catalogue_);
    const bool is_type = path.back() == "type" && path.size() > 1;
    if (wanted_ == Wanted::present) {  // only with its current value
      if (walk.steps(path) && walk.node() != nullptr && walk.node()->kind == Node::Kind::scalar)
        add(prefix + walk.node()->scalar, "");
      return;
    }
    if (is_type) path.pop_back();
    if (walk.steps(path))
      for (const std::string& value : values(walk, is_type, catalogue_)) add(prefix + value, "");
  }

  void keys_below(const std::vector<std::string>& path, const std::string& owner) {
    plan::OptionWalk walk(root_, catalogue_);
    if (!walk.steps(path)) return;
    const Node* node = walk.node();
    const bool is_there = node != nullptr && node->kind != Node::Kind::null;
    const bool may_set_type = wanted_ == Wanted::any || (wanted_ == Wanted::absent && !is_there);
    if (may_set_type && !path.empty() && !values(walk, true, catalogue_).empty())
      add(owner + "type=", "");
    for (const plan::OptionWalk::Option& option : walk.options()) {
      const Parameter* p = option.parameter;
      const Node* there = child_of(node, option.name);
      const std::string key = owner + option.name;
      const std::string about = p == nullptr ? "" : p->doc;
      const bool more = p == nullptr || has_keys(*p, there);
      if (wanted_ == Wanted::present) removals(path, option.name, there, key, about);
      else if (wanted_ == Wanted::any) add(key + (more ? "." : "="), about);
      else if (p != nullptr && (more || there == nullptr)) add(key + (more ? "." : "="), about);
    }
    if (wanted_ == Wanted::absent && node != nullptr && node->kind == Node::Kind::list)
      add(fmt::format("{}{}=", owner, node->list.size()), "one more");
  }

  // Adds the key itself if the config has it, and the prefix of its content, including defaults.
  void removals(std::vector<std::string> path, const std::string& name, const Node* there,
                const std::string& key, const std::string& about) {
    if (there != nullptr) add(key, about);
    path.push_back(name);
    plan::OptionWalk walk(root_, catalogue_);
    if (walk.steps(path) && holds_keys(walk.node())) add(key + ".", about);
  }

  void add(std::string text, std::string about) {
    if (text.starts_with(word_)) result_.emplace_back(std::move(text), std::move(about));
  }

  const Node& root_;
  plan::Catalogue& catalogue_;
  const std::string& word_;
  const Wanted wanted_;
  std::vector<Candidate> result_;
};

}  // namespace

std::vector<Candidate> complete_key(const Common& common, const std::string& config,
                                    std::span<const std::string> overrides,
                                    const std::string& word) {
  plugin_host::PluginHost host = make_plugin_host(common);
  const Node root = read(config, overrides, host);
  return KeyCompletion(root, host, word).candidates();
}

}  // namespace assay::command_line
