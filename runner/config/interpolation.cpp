#include "runner/config/interpolation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <ctime>
#include <stdexcept>
#include <unordered_set>
#include <vector>

#include "runner/config/suggest.h"
#include "runner/config/utf8.h"
#include "runner/config/wording.h"

namespace assay::config {
namespace {

constexpr std::size_t longest_chain = 32;
constexpr std::size_t max_text = 1024 * 1024;  // bytes of all texts that references make

bool stays(std::string_view name) {
  return name.starts_with("now:") || name == "step" || name == "epoch";
}

// The first conversion of a time format that strftime does not know, or nothing.
std::string unknown_conversion(std::string_view format) {
  constexpr std::string_view flags = "_-0^#0123456789EO";
  constexpr std::string_view known = "aAbBcCdDeFgGhHIjklmMpPrRsSTuUVwWxXyYzZ%";
  for (std::size_t at = 0; (at = format.find('%', at)) != std::string_view::npos;) {
    const std::size_t letter = format.find_first_not_of(flags, at + 1);
    if (letter == std::string_view::npos) return std::string(format.substr(at));
    if (known.find(format[letter]) == std::string_view::npos)
      return std::string(format.substr(at, letter + 1 - at));
    at = letter + 1;
  }
  return {};
}

bool is_text(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto character = character_at(text, at);
    if (!character || !printable(character->code)) return false;
    at += character->bytes;
  }
  return true;
}

// As it would be read from a file.
Node plain_scalar(std::string_view text, const Location& where) {
  Node node;
  node.where = where;
  if (text == "null" || text == "~") return node;
  node.kind = Node::Kind::scalar;
  node.scalar = text;
  return node;
}

class Interpolation {
 public:
  Interpolation(Node& root, Diagnostics& diagnostics) : root_(root), diagnostics_(diagnostics) {}

  void visit(Node& node, const std::string& key) {
    if (node.kind == Node::Kind::scalar) resolve(node, key);
    for (std::size_t i = 0; i < node.list.size(); ++i)
      visit(node.list[i], joined(key, std::to_string(i)));
    for (Node::Entry& entry : node.map) visit(entry.value, joined(key, entry.key));
  }

 private:
  struct Link {
    Node* node;
    std::string key;
  };

  void resolve(Node& node, const std::string& key) {
    if (!next_reference(node.scalar, 0) || done_.contains(&node)) return;
    chain_.push_back({&node, key});
    replace(node, key);
    chain_.pop_back();
    done_.insert(&node);
  }

  void replace(Node& node, const std::string& key) {
    const std::string text = node.scalar;
    std::string result;
    std::size_t at = 0;
    while (const auto reference = next_reference(text, at)) {
      result += text.substr(at, reference->begin - at);
      at = reference->end;
      if (!reference->closed) return fail(node, key, "'${' without its '}'", "");
      if (stays(reference->name)) {
        result += text.substr(reference->begin, reference->end - reference->begin);
        continue;
      }
      const std::optional<Node> value = value_of(reference->name, node, key);
      if (!value) return;
      made_ += value->scalar.size();
      if (made_ > max_text) return fail(node, key, "references make too much text", "");
      if (reference->begin == 0 && reference->end == text.size()) {
        node.kind = value->kind;
        node.scalar = value->scalar;
        node.quoted = value->quoted;
        return;
      }
      result += value->kind == Node::Kind::null ? "null" : value->scalar;
    }
    made_ += result.size();
    if (result != text) node.quoted = true;
    node.scalar = result + text.substr(at);
  }

  std::optional<Node> value_of(std::string_view name, Node& node, const std::string& key) {
    if (name.starts_with("env:")) return environment(name.substr(4), node, key);
    if (name == "now") {
      fail(node, key, "'${now}' needs a format", "${now:%Y%m%d-%H%M%S}");
      return std::nullopt;
    }
    Node* target = find(name, node, key);
    if (target == nullptr) return std::nullopt;
    if (target->kind == Node::Kind::list || target->kind == Node::Kind::map) {
      fail(node, key,
           fmt::format("{} is {}: only single values can be referred to", quoted(name),
                       described(*target)),
           "");
      return std::nullopt;
    }
    const auto link = std::find_if(chain_.begin(), chain_.end(),
                                   [target](const Link& l) { return l.node == target; });
    if (link != chain_.end() || chain_.size() >= longest_chain) {
      const bool circle = link != chain_.end();
      fail(node, key, circle ? "references in a circle" : "too long a chain of references",
           chain_from(circle ? link : chain_.begin()) + std::string(name));
      return std::nullopt;
    }
    resolve(*target, std::string(name));
    if (!target->reported) return *target;
    node.reported = true;
    return std::nullopt;
  }

  std::optional<Node> environment(std::string_view text, Node& node, const std::string& key) {
    const std::size_t comma = text.find(',');
    const std::string name(text.substr(0, comma));
    const char* value = std::getenv(name.c_str());
    if (value == nullptr && comma == std::string_view::npos) {
      fail(node, key, fmt::format("the environment variable {} is not set", quoted(name)),
           fmt::format("give a default: ${{env:{},default}}", name));
      return std::nullopt;
    }
    if (value != nullptr && !is_text(value)) {
      fail(node, key, fmt::format("the environment variable {} does not hold text", quoted(name)),
           "");
      return std::nullopt;
    }
    return plain_scalar(value != nullptr ? value : text.substr(comma + 1), node.where);
  }

  Node* find(std::string_view path, Node& node, const std::string& key) {
    Node* found = &root_;
    for (std::size_t begin = 0; begin <= path.size();) {
      const std::size_t end = std::min(path.find('.', begin), path.size());
      const std::string_view part = path.substr(begin, end - begin);
      Node* next = nullptr;
      if (found->kind == Node::Kind::list) {
        std::size_t index = found->list.size();
        std::from_chars(part.data(), part.data() + part.size(), index);
        if (index < found->list.size()) next = &found->list[index];
      } else {
        next = found->find(part);
      }
      if (next == nullptr) {
        missing(path, part, *found, node, key);
        return nullptr;
      }
      found = next;
      begin = end + 1;
    }
    return found;
  }

  void missing(std::string_view path, std::string_view part, const Node& parent, Node& node,
               const std::string& key) {
    constexpr std::size_t most = 64;
    std::vector<std::string> keys;
    for (std::size_t i = 0; i < std::min(parent.map.size(), most); ++i)
      keys.push_back(parent.map[i].key);
    const bool tag = key.starts_with("hooks.") && key.ends_with(".tag");
    if (tag) keys.insert(keys.end(), {"step", "epoch"});
    const std::string suggestion = suggest(part, keys);
    std::string hint = suggestion.empty() ? "" : fmt::format("did you mean '{}'?", suggestion);
    if (tag) hint = hint_of(suggestion, "tags also know ${step} and ${epoch}");
    if (chain_.size() > 1)
      hint += fmt::format("{}{}{}", hint.empty() ? "" : "  ", chain_from(chain_.begin()), path);
    fail(node, key, fmt::format("the config sets no key {}", quoted(path)), hint);
  }

  // "a -> b -> "
  std::string chain_from(std::vector<Link>::const_iterator link) const {
    std::string chain;
    for (; link != chain_.end(); ++link) chain += link->key + " -> ";
    return chain;
  }

  void fail(Node& node, const std::string& key, std::string message, std::string hint) {
    node.reported = true;
    diagnostics_.error(node.where, key, std::move(message), std::move(hint));
  }

  Node& root_;
  Diagnostics& diagnostics_;
  std::vector<Link> chain_;
  std::unordered_set<const Node*> done_;
  std::size_t made_ = 0;
};

}  // namespace

std::optional<Reference> next_reference(std::string_view text, std::size_t from) {
  const std::size_t begin = text.find("${", from);
  if (begin == std::string_view::npos) return std::nullopt;
  const std::size_t close = text.find('}', begin);
  if (close == std::string_view::npos) return Reference{begin, text.size(), {}, false};
  return Reference{begin, close + 1, text.substr(begin + 2, close - begin - 2)};
}

void interpolate(Node& root, Diagnostics& diagnostics) {
  Interpolation(root, diagnostics).visit(root, {});
}

std::string expand_now(std::string_view text, std::chrono::system_clock::time_point time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm local{};
  localtime_r(&seconds, &local);
  std::string result;
  std::size_t at = 0;
  while (const auto reference = next_reference(text, at)) {
    result += text.substr(at, reference->begin - at);
    at = reference->end;
    if (!reference->name.starts_with("now:")) {
      result += text.substr(reference->begin, reference->end - reference->begin);
      continue;
    }
    const std::string format(reference->name.substr(4));
    if (const std::string unknown = unknown_conversion(format); !unknown.empty())
      throw std::runtime_error("'" + unknown + "' in the time format '" + format +
                               "' is no conversion of strftime; %Y%m%d-%H%M%S is date and time");
    std::array<char, 201> buffer{};
    const std::size_t bytes = std::strftime(buffer.data(), buffer.size(), format.c_str(), &local);
    if (bytes == 0)
      throw std::runtime_error("the time format '" + format + "' gives no text, or too long a one");
    result.append(buffer.data(), bytes);
  }
  result += text.substr(at);
  return result;
}

}  // namespace assay::config
