#include "runner/config/node.h"

#include <algorithm>
#include <utility>
#include "runner/base/wording.h"

namespace assay::config {

const Node* Node::find(std::string_view key) const {
  const auto found =
      std::find_if(map.begin(), map.end(), [key](const Entry& entry) { return entry.key == key; });
  return found == map.end() ? nullptr : &found->value;
}

Node* Node::find(std::string_view key) {
  const auto found =
      std::find_if(map.begin(), map.end(), [key](const Entry& entry) { return entry.key == key; });
  return found == map.end() ? nullptr : &found->value;
}

const Location* Node::removal(std::string_view key) const {
  const auto found = std::ranges::find(removed, key, &Removed::key);
  return found == removed.end() ? nullptr : &found->by;
}

Node scalar(std::string text) {
  Node node;
  node.kind = Node::Kind::scalar;
  node.scalar = std::move(text);
  return node;
}

Node plain_value(std::string text, const Location& where) {
  Node node = text == "null" || text == "~" ? Node{} : scalar(std::move(text));
  node.where = where;
  return node;
}

NodeSize size_of(const Node& node) {
  NodeSize size{1, node.scalar.size(), 0};
  const auto add = [&size](const Node& child) {
    const NodeSize inner = size_of(child);
    size.nodes += inner.nodes;
    size.bytes += inner.bytes;
    size.depth = std::max(size.depth, inner.depth);
  };
  for (const Node& child : node.list) add(child);
  for (const Node::Entry& entry : node.map) {
    ++size.nodes;
    size.bytes += entry.key.size();
    add(entry.value);
  }
  if (node.kind == Node::Kind::list || node.kind == Node::Kind::map) ++size.depth;
  return size;
}

std::string described(const Node& node) {
  switch (node.kind) {
    case Node::Kind::null: return "null";
    case Node::Kind::list: return "a list";
    case Node::Kind::map: return "a map";
    case Node::Kind::scalar: break;
  }
  return (node.quoted ? "the text " : "") + base::quoted(node.scalar);
}

}  // namespace assay::config
