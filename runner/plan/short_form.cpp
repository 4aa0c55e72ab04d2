#include "runner/plan/short_form.h"

#include <string>
#include <utility>

#include "runner/plan/schema.h"

namespace assay::plan {
namespace {

using config::Node;

// Returns an empty list or map in the place of another value.
Node empty(Node::Kind kind, const Node& instead_of) {
  Node node;
  node.kind = kind;
  node.where = instead_of.where;
  node.origin = instead_of.origin;
  return node;
}

// Returns the name of a pattern as a value.
Node text_of(const Node::Entry& entry) {
  Node node = config::scalar(entry.key);
  node.quoted = true;
  node.where = entry.where;
  return node;
}

Node list_of_one(Node element) {
  Node list = empty(Node::Kind::list, element);
  list.list.push_back(std::move(element));
  return list;
}

Node list_of_words(Node word) {
  if (!word.quoted && word.scalar == "error") return empty(Node::Kind::list, word);
  if (!word.quoted && word.scalar == "allow") word.scalar = "*";
  return list_of_one(std::move(word));
}

Node list_of_pairs(Node map, std::span<const Parameter> members) {
  Node list = empty(Node::Kind::list, map);
  for (Node::Entry& entry : map.map) {
    Node& pair = list.list.emplace_back(empty(Node::Kind::map, entry.value));
    pair.map.push_back({members[0].name, entry.where, text_of(entry)});
    pair.map.push_back({members[1].name, entry.where, std::move(entry.value)});
  }
  return list;
}

Node long_form(Node value, const Parameter& p) {
  const bool is_single = value.kind == Node::Kind::scalar && !value.reported;
  switch (short_form(p)) {
    case ShortForm::none: break;
    case ShortForm::element:
      if (is_single) return list_of_one(std::move(value));
      break;
    case ShortForm::words:
      if (is_single) return list_of_words(std::move(value));
      break;
    case ShortForm::pairs:
      if (value.kind == Node::Kind::map) return list_of_pairs(std::move(value), p.group());
      break;
    case ShortForm::member:
      if (is_single) {
        Node map = empty(Node::Kind::map, value);
        map.map.push_back({p.group()[0].name, value.where, std::move(value)});
        return map;
      }
      return in_long_form(std::move(value), p.group());
  }
  return value;
}

}  // namespace

Node in_long_form(Node map, std::span<const Parameter> table) {
  for (const Parameter& p : table)
    if (Node* value = map.find(p.name)) *value = long_form(std::move(*value), p);
  return map;
}

}  // namespace assay::plan
