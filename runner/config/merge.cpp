#include "runner/config/merge.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "runner/base/suggest.h"
#include "runner/base/wording.h"

namespace assay::config {
namespace {

using Kind = Node::Kind;

// Returns true if the node can name a component's type: not a number, a reference or a boolean.
bool is_type_name(const Node& node) {
  const std::string& text = node.scalar;
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return node.kind == Kind::scalar && !text.empty() && letter(text[0]) && text != "true" &&
         text != "false";
}

// Returns the node that names the component's type in a map or a text; null if there is none.
const Node* type_of(const Node& node) {
  if (node.kind == Kind::map) return node.find("type");
  return is_type_name(node) ? &node : nullptr;
}

Node as_component(Node name) {
  Node map;
  map.kind = Kind::map;
  map.where = name.where;
  const Location where = name.where;
  map.map.push_back({"type", where, std::move(name)});
  return map;
}

class Merge {
 public:
  Merge(std::span<const std::string> path, const StaysWithPlace& stays, Diagnostics& diagnostics)
      : path_(path.begin(), path.end()), stays_(stays), diagnostics_(diagnostics) {}

  void lay(Node& node, Node over) {
    if (is_type_name(over) && node.kind == Kind::map && node.find("type") != nullptr)
      over = as_component(std::move(over));
    if (over.kind != Kind::map || over.map.empty()) return replace(node, std::move(over));
    if (is_type_name(node) && over.find("type") == nullptr) become_map(node, node.where);
    if (node.kind != Kind::map) {
      node = Node{};
      node.kind = Kind::map;
    }
    node.where = over.where;
    std::ranges::move(over.removed, std::back_inserter(node.removed));
    const std::vector<std::string> dropped = drop_options(node, over);
    remove_keys(node, over, dropped);
    for (Node::Entry& entry : over.map) {
      if (entry.key.starts_with('~')) continue;
      path_.push_back(entry.key);
      set(node, std::move(entry));
      path_.pop_back();
    }
  }

 private:
  // Replaces a value. Nothing merges within a list, so nothing can be removed there.
  void replace(Node& node, Node over) {
    for (std::size_t i = 0; i < over.list.size(); ++i) {
      path_.push_back(std::to_string(i));
      Node element;
      lay(element, std::move(over.list[i]));
      over.list[i] = std::move(element);
      path_.pop_back();
    }
    node = std::move(over);
  }

  void set(Node& map, Node::Entry entry) {
    Node* there = map.find(entry.key);
    if (there == nullptr) {
      const auto is_near = [&entry](const Node::Entry& other) {
        return base::is_misspelling(entry.key, other.key);
      };
      // This is an unknown section, which will be reported: the names of the known ones differ
      // widely.
      if (path_.size() == 1) misspelt_ = std::ranges::any_of(map.map, is_near);
      map.map.push_back({std::move(entry.key), entry.where, {}, entry.made});
      there = &map.map.back().value;
    }
    lay(*there, std::move(entry.value));
    if (path_.size() == 1) misspelt_ = false;
  }

  // Drops and returns the options that do not belong to the new type.
  std::vector<std::string> drop_options(Node& component, const Node& over) {
    const Node* before = component.find("type");
    const Node* after = type_of(over);
    std::vector<std::string> dropped;
    if (before == nullptr || after == nullptr || before->scalar == after->scalar) return dropped;
    std::erase_if(component.map, [&](const Node::Entry& entry) {
      if (entry.key == "type" || stays_(path_, entry.key)) return false;
      dropped.push_back(entry.key);
      return true;
    });
    return dropped;
  }

  void remove_keys(Node& node, const Node& over, std::span<const std::string> dropped) {
    std::vector<const Node*> removed;
    for (const Node::Entry& entry : over.map) {
      if (!entry.key.starts_with('~')) continue;
      const std::string name = entry.key.substr(1);
      const Node* found = node.find(name);
      if (entry.value.kind != Kind::null)
        fail(
            entry.value.where, entry.key,
            fmt::format("'~' removes the key and takes no value, found {}", described(entry.value)),
            fmt::format("write {}: without a value", base::quoted(entry.key)));
      else if (std::ranges::count(dropped, name) > 0)
        fail(entry.where, entry.key,
             fmt::format("there is no key {} to remove: it is gone with the old type",
                         base::quoted(name)),
             "leave this line out");
      else if (found == nullptr && !misspelt_)
        fail(entry.where, entry.key,
             fmt::format("there is no key {} to remove: none of the files before sets it",
                         base::quoted(name)),
             did_you_mean_key(name, node));
      else if (found != nullptr) {
        removed.push_back(found);
        node.removed.push_back({name, entry.where});
      }
    }
    if (removed.empty()) return;
    std::erase_if(node.map, [&removed](const Node::Entry& entry) {
      return std::find(removed.begin(), removed.end(), &entry.value) != removed.end();
    });
  }

  void fail(const Location& where, const std::string& key, std::string message, std::string hint) {
    std::string full;
    for (const std::string& part : path_) full = base::joined(full, part);
    diagnostics_.error(where, base::joined(full, key), std::move(message), std::move(hint));
  }

  std::vector<std::string> path_;
  bool misspelt_ = false;  // the current section's key is misspelt
  const StaysWithPlace& stays_;
  Diagnostics& diagnostics_;
};

}  // namespace

void merge(Node& node, Node over, std::span<const std::string> path, const StaysWithPlace& stays,
           Diagnostics& diagnostics) {
  Merge(path, stays, diagnostics).lay(node, std::move(over));
}

void become_map(Node& node, const Location& where) {
  if (node.kind == Kind::map) return;
  if (is_type_name(node)) {
    node = as_component(std::move(node));
  } else {
    node = Node{};
    node.kind = Kind::map;
  }
  node.where = where;
}

std::string did_you_mean_key(std::string_view key, const Node& map) {
  constexpr std::size_t most = 64;
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < std::min(map.map.size(), most); ++i) keys.push_back(map.map[i].key);
  return base::did_you_mean(key, keys);
}

}  // namespace assay::config
