#include "runner/config/interpolation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>
#include "assay/number_text.h"

#include "runner/base/suggest.h"
#include "runner/base/utf8.h"
#include "runner/base/wording.h"
#include "runner/config/key_lookup.h"
#include "runner/config/places.h"
#include "runner/config/reader.h"
#include "runner/config/reference.h"
#include "runner/config/secret.h"

namespace assay::config {
namespace {

constexpr std::size_t longest_chain = 32;
constexpr std::size_t max_text = 1024 * 1024;  // bytes of all texts that references make
constexpr std::size_t max_visits = 20 * max_nodes;
constexpr int most_wrong = 20;  // bad references of one text that are reported

// The value of `${env:...}`.
struct EnvironmentValue {
  std::optional<std::string> text;  // with each '${' escaped, so that it is not a reference
  std::string problem;              // set if there is no text
  std::string hint;                 // what to do about it; may be empty
};

bool is_text(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto character = base::character_at(text, at);
    if (!character || !base::printable(character->code)) return false;
    at += character->bytes;
  }
  return true;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(' '), text.size());
  return text.substr(begin, text.find_last_not_of(' ') + 1 - begin);
}

// Returns the value for `NAME` or `NAME,default`. Blanks around both are ignored.
EnvironmentValue environment_value(std::string_view name_and_default) {
  const std::size_t comma = name_and_default.find(',');
  const std::string name(trimmed(name_and_default.substr(0, comma)));
  if (name.empty())
    return {
        {}, "expected the name of an environment variable", "${env:NAME} or ${env:NAME,default}"};
  const char* value = std::getenv(name.c_str());
  if (value != nullptr && !is_text(value))
    return {
        {}, fmt::format("the environment variable {} does not hold text", base::quoted(name)), {}};
  if (value != nullptr) return {escaped(value), {}, {}};
  if (comma == std::string_view::npos)
    return {{},
            fmt::format("the environment variable {} is not set", base::quoted(name)),
            fmt::format("give a default: ${{env:{},default}}", name)};
  return {std::string(trimmed(name_and_default.substr(comma + 1))), {}, {}};
}

// Moves a node and all its content to the place of the reference to it.
void put(Node& node, const Location& where) {
  if (node.origin.source == nullptr) node.origin = node.where;
  node.where = where;
  for (Node& element : node.list) put(element, where);
  for (Node::Entry& entry : node.map) put(entry.value, where);
}

bool is_single(const Node& node) {
  return node.kind == Node::Kind::scalar || node.kind == Node::Kind::null;
}

struct Summary {
  std::size_t values = 0, bytes = 0, depth = 0;
  bool reported = false;
};

void summarize(const Node& node, std::size_t depth, Summary& summary) {
  ++summary.values;
  summary.bytes += node.scalar.size();
  summary.depth = std::max(summary.depth, depth);
  summary.reported = summary.reported || node.reported;
  for (const Node& element : node.list) summarize(element, depth + 1, summary);
  for (const Node::Entry& entry : node.map) {
    summary.bytes += entry.key.size();
    summarize(entry.value, depth + 1, summary);
  }
}

class Interpolation {
 public:
  Interpolation(Node& root, const Defaults& defaults, Diagnostics& diagnostics)
      : root_(root), defaults_(defaults), diagnostics_(diagnostics) {}

  void visit(Node& node, const std::string& key) {
    if (!chain_.empty() && ++visits_ > max_visits) return;
    if (node.kind == Node::Kind::scalar) resolve(node, key);
    for (std::size_t i = 0; i < node.list.size(); ++i)
      visit(node.list[i], base::joined(key, std::to_string(i)));
    for (Node::Entry& entry : node.map) visit(entry.value, base::joined(key, entry.key));
  }

 private:
  struct Link {
    Node* node;
    std::string key;
    std::string_view reference = {};  ///< the reference that is being resolved, as written
  };

  void resolve(Node& node, const std::string& key) {
    if (!next_reference(node.scalar, 0) || done_.contains(&node)) return;
    const auto link = std::find_if(chain_.begin(), chain_.end(),
                                   [&node](const Link& l) { return l.node == &node; });
    if (link != chain_.end() || chain_.size() >= longest_chain) {
      const bool circle = link != chain_.end();
      const auto reference = next_reference(chain_.back().reference, 0);
      const std::string whole = reference && reference->name != key
                                    ? fmt::format("{} -> ", reference->name)
                                    : std::string();
      chain_.back().node->reported = true;
      const Link& last = last_written();
      return fail(*last.node, last.key,
                  circle ? "references in a cycle" : "too long a chain of references",
                  chain_from(circle ? link : chain_.begin()) + whole + key);
    }
    chain_.push_back({&node, key});
    replace(node, key);
    chain_.pop_back();
    done_.insert(&node);
  }

  void replace(Node& node, const std::string& key) {
    const std::string text = node.scalar;
    std::string result;
    std::size_t at = 0;
    int wrong = 0;
    while (const auto reference = next_reference(text, at)) {
      if (wrong == most_wrong) return;
      result += text.substr(at, reference->begin - at);
      at = reference->end;
      chain_.back().reference =
          std::string_view(text).substr(reference->begin, at - reference->begin);
      if (!reference->closed) return fail_at_end(node, key);
      if (const FilledBy by = filled_by(reference->name); by != FilledBy::config) {
        NameProblem problem;
        if (by == FilledBy::component && defaults_.takes_secret(root_, parts_of(key)))
          problem = problem_with_secret(reference->name);
        if (problem.message.empty()) {
          result += text.substr(reference->begin, reference->end - reference->begin);
        } else {
          ++wrong;
          fail(node, key, std::move(problem.message), std::move(problem.hint));
        }
        continue;
      }
      std::optional<Node> value = value_of(reference->name, node, key);
      if (!value) {
        ++wrong;
        continue;
      }
      if (reference->begin == 0 && reference->end == text.size())
        return take_over(node, std::move(*value));
      if (!is_single(*value)) {
        ++wrong;
        fail(node, key,
             fmt::format("{} is {}: within a text, references can only refer to single values",
                         base::quoted(reference->name), described(*value)),
             "");
        continue;
      }
      result += value->kind == Node::Kind::null ? "null" : value->scalar;
    }
    made_ += result.size();
    if (wrong > 0) return;
    if (result + text.substr(at) != text) node.quoted = node.filled = true;
    node.scalar = result + text.substr(at);
  }

  static void take_over(Node& node, Node value) {
    put(value, node.where);
    node = std::move(value);
  }

  std::optional<Node> value_of(std::string_view name, Node& node, const std::string& key) {
    const auto refuse = [&](std::string message, std::string hint = {}) -> std::optional<Node> {
      fail(node, key, std::move(message), std::move(hint));
      return std::nullopt;
    };
    if (name.starts_with("env:")) return environment(name.substr(4), node, key);
    if (NameProblem problem = problem_with_reference(name); !problem.message.empty())
      return refuse(std::move(problem.message), std::move(problem.hint));
    Node* target = find(name, node, key);
    if (target == nullptr) return std::nullopt;
    const bool reported_before = std::exchange(node.reported, false);
    visit(*target, std::string(name));
    Summary summary;
    summarize(*target, static_cast<std::size_t>(std::count(key.begin(), key.end(), '.')) + 1,
              summary);
    const bool is_wrong = node.reported || summary.reported;
    node.reported = is_wrong || reported_before;
    if (is_wrong) return std::nullopt;
    made_ += summary.bytes;
    values_ += summary.values;
    if (made_ > max_text) return refuse("references make too much text");
    if (values_ > max_nodes || visits_ > max_visits)
      return refuse(fmt::format("references make more than {} values", grouped(max_nodes)));
    if (summary.depth > max_depth)
      return refuse(fmt::format("nested deeper than {} levels", max_depth));
    return *target;
  }

  std::optional<Node> environment(std::string_view text, Node& node, const std::string& key) {
    EnvironmentValue value = environment_value(text);
    if (!value.text) {
      fail(node, key, std::move(value.problem), std::move(value.hint));
      return std::nullopt;
    }
    Node result = plain_value(std::move(*value.text), node.where);
    made_ += result.scalar.size();
    if (made_ <= max_text) return result;
    fail(node, key, "references make too much text", "");
    return std::nullopt;
  }

  Node* find(std::string_view name, Node& node, const std::string& key) {
    const std::vector<std::string> path = parts_of(name);
    Node* found = find_key(root_, path);
    if (found == nullptr) found = by_default(path, std::string(name));
    if (found == nullptr) missing(path, name, node, key);
    return found;
  }

  // Returns the default of a key that the config does not set.
  Node* by_default(std::span<const std::string> path, const std::string& name) {
    if (path.size() > max_depth) return nullptr;
    if (const auto known = taken_.find(name); known != taken_.end()) return &known->second;
    // The types on the way determine which options exist, so resolve them first.
    std::string key;
    Node* at = &root_;
    for (std::size_t i = 0; i < path.size() && at != nullptr; ++i) {
      if (Node* type = at->find("type")) visit(*type, base::joined(key, "type"));
      key = base::joined(key, path[i]);
      at = find_key(*at, path.subspan(i, 1));
    }
    std::optional<Node> value = defaults_.value(root_, path);
    return value ? &taken_.emplace(name, std::move(*value)).first->second : nullptr;
  }

  void missing(std::span<const std::string> path, std::string_view name, Node& node,
               const std::string& key) {
    if (is_misspelt(root_, defaults_, path)) return void(node.reported = true);
    const bool tag = defaults_.is_tag(root_, parts_of(key));
    const MissingKey about = about_missing(root_, defaults_, path);
    const std::vector<std::string> others = {std::string(step_reference),
                                             std::string(epoch_reference)};
    const std::string suggestion = suggested_key(
        root_, defaults_, about, tag ? std::span(others) : std::span(others).first(0));
    std::string hint = suggestion.empty() ? "" : fmt::format("did you mean '{}'?", suggestion);
    if (about.is_option) hint = "it has no default: set it";
    else if (tag) hint = base::hint_of(suggestion, "tags also know ${step} and ${epoch}");
    if (chain_.size() > 1)
      hint += fmt::format("{}{}{}", hint.empty() ? "" : "  ", chain_from(chain_.begin()), name);
    fail(node, key, fmt::format("the config sets no key {}", base::quoted(name)), hint);
  }

  // Returns the last link of the chain that is not a default.
  const Link& last_written() const {
    const auto last = std::find_if(chain_.rbegin(), chain_.rend(), [](const Link& link) {
      return link.node->where.source != nullptr;
    });
    return last == chain_.rend() ? chain_.back() : *last;
  }

  // Returns the chain from a link on: "a -> b -> ".
  std::string chain_from(std::vector<Link>::const_iterator link) const {
    std::string chain;
    for (; link != chain_.end(); ++link) {
      chain += link->key + " -> ";
      // The value may only contain the next link, or end the chain.
      const auto reference = next_reference(link->reference, 0);
      const auto next = link + 1;
      if (reference && next != chain_.end() && reference->name != next->key)
        chain += fmt::format("{} -> ", reference->name);
    }
    return chain;
  }

  void fail(Node& node, const std::string& key, std::string message, std::string hint) {
    node.reported = true;
    diagnostics_.error(place_in(node), key, std::move(message), std::move(hint));
  }

  // Reports a reference without an end.
  void fail_at_end(Node& node, const std::string& key) {
    node.reported = true;
    Location where = node.where;
    if (where.line > 0) where = places_of(node).find_last(where, chain_.back().reference);
    diagnostics_.error(std::move(where), key, "'${' without its '}'");
  }

  // Returns the place of the reference that is being resolved.
  Location place_in(const Node& node) {
    const auto link = std::ranges::find(chain_, &node, &Link::node);
    if (link == chain_.end() || node.where.line == 0) return node.where;
    return places_of(node).find(node.where, link->reference);
  }

  Places& places_of(const Node& node) {
    const auto& source = node.where.source;
    return places_.try_emplace(source.get(), source).first->second;
  }

  Node& root_;
  const Defaults& defaults_;
  Diagnostics& diagnostics_;
  std::map<std::string, Node> taken_;  // defaults that are referred to, by key
  std::vector<Link> chain_;
  std::map<const Source*, Places> places_;
  std::unordered_set<const Node*> done_;
  std::size_t made_ = 0;    // bytes
  std::size_t values_ = 0;  // copied
  std::size_t visits_ = 0;  // of values that are referred to
};

}  // namespace

void interpolate(Node& root, const Defaults& defaults, Diagnostics& diagnostics) {
  Interpolation(root, defaults, diagnostics).visit(root, {});
}

}  // namespace assay::config
