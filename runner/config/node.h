// A config as written: scalars that are still text, lists and maps, each with its place.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runner/config/source.h"

namespace assay::config {

struct Node {
  enum class Kind { null, scalar, list, map };
  struct Entry;

  Kind kind = Kind::null;
  std::string scalar;     ///< the text of a scalar
  bool quoted = false;    ///< a quoted scalar is text and nothing else
  bool reported = false;  ///< a problem was reported; no more is to be said about it
  std::vector<Node> list;
  std::vector<Entry> map;  ///< in the order written
  Location where;

  const Node* find(std::string_view key) const;
  Node* find(std::string_view key);
};

struct Node::Entry {
  std::string key;
  Location where;  ///< of the key
  Node value;
};

}  // namespace assay::config
