#include "runner/conformance/nodes.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "assay/number_text.h"

namespace assay::conformance {

using config::Node;
using config::scalar;

Node words(std::string text) {
  Node node = scalar(std::move(text));
  node.quoted = true;
  return node;
}

Node list(std::vector<Node> elements) {
  Node node;
  node.kind = Node::Kind::list;
  node.list = std::move(elements);
  return node;
}

Node map() {
  Node node;
  node.kind = Node::Kind::map;
  return node;
}

void set(Node& map, std::string_view key, Node value) {
  if (Node* found = map.find(key)) *found = std::move(value);
  else map.map.push_back({std::string(key), {}, std::move(value)});
}

std::string shown(const Node& node) {
  constexpr std::size_t most = 40;
  switch (node.kind) {
    case Node::Kind::null: return "null";
    case Node::Kind::scalar: {
      std::string text = node.scalar;
      if (text.size() > most) return fmt::format("a text of {} bytes", grouped(text.size()));
      std::ranges::replace_if(
          text, [](char c) { return static_cast<unsigned char>(c) < ' '; }, '.');
      return node.quoted ? fmt::format("\"{}\"", text) : text;
    }
    case Node::Kind::map: {
      const Node* type = node.find("type");
      return type != nullptr ? fmt::format("{{type: {}}}", type->scalar) : "{...}";
    }
    case Node::Kind::list:
      if (node.list.size() > 2) return fmt::format("a list of {}", node.list.size());
      std::string text;
      for (const Node& element : node.list) text += (text.empty() ? "" : ", ") + shown(element);
      return "[" + text + "]";
  }
  return {};
}

}  // namespace assay::conformance
