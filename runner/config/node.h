// A config as written: scalars that are still text, lists and maps, each with its place.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runner/config/source.h"

namespace assay::config {

struct Node {
  enum class Kind { null, scalar, list, map };
  struct Entry;
  struct Removed;

  Kind kind = Kind::null;
  std::string scalar;     ///< the text of a scalar
  bool quoted = false;    ///< a quoted scalar is text and nothing else
  bool filled = false;    ///< a reference within made the text; it counts as quoted
  bool reported = false;  ///< a problem was reported; no more is to be said about it
  std::vector<Node> list;
  std::vector<Entry> map;  ///< in the order written
  Location where;
  /// Where the value was written that a reference brought here; its file is the one that relative
  /// paths start at. Nowhere when no reference did, or when nothing wrote it.
  Location origin;
  std::vector<Removed> removed;  ///< keys of a map

  const Node* find(std::string_view key) const;
  Node* find(std::string_view key);
  /// What removed a key; null when nothing did.
  const Location* removal(std::string_view key) const;
};

struct Node::Removed {
  std::string key;
  Location by;
};

struct Node::Entry {
  std::string key;
  Location where;  ///< of the key
  Node value;
  bool made = false;  ///< by an argument that sets what was not there
};

/// A plain scalar without a place.
Node scalar(std::string text);

/// What stands there without quotes: `null` and `~` are null, all else is a scalar.
Node plain_value(std::string text, const Location& where);

/// What a node holds, itself included.
struct NodeSize {
  std::size_t nodes = 0;  ///< values and keys
  std::size_t bytes = 0;  ///< of their text
  std::size_t depth = 0;  ///< lists and maps within each other
};
NodeSize size_of(const Node& node);

}  // namespace assay::config
