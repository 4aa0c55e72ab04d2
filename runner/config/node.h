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
  bool filled = false;    ///< a reference filled in part of the text; it counts as quoted
  bool reported = false;  ///< a problem was reported; report no further ones
  std::vector<Node> list;
  std::vector<Entry> map;  ///< in the order written
  Location where;
  /// The place where a value that a reference copied here was written. Relative paths start at its
  /// file. It is empty if no reference copied the value, or if the value was not written anywhere.
  Location origin;
  std::vector<Removed> removed;  ///< keys of a map

  const Node* find(std::string_view key) const;
  Node* find(std::string_view key);
  /// Returns the place that removed a key; null if nothing did.
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
  bool made = false;  ///< added by an argument that sets a key which did not exist
};

/// Returns a plain scalar without a place.
Node scalar(std::string text);

/// Returns the value of an unquoted text: `null` and `~` are null, everything else is a scalar.
Node plain_value(std::string text, const Location& where);

/// Describes the value in words: "'abc'", "the text '5'" (quoted), "null", "a list", "a map".
std::string described(const Node& node);

/// The size of a node, including the node itself.
struct NodeSize {
  std::size_t nodes = 0;  ///< values and keys
  std::size_t bytes = 0;  ///< of their text
  std::size_t depth = 0;  ///< the nesting depth of lists and maps
};
NodeSize size_of(const Node& node);

}  // namespace assay::config
