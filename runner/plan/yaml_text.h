// Writes nodes as YAML text.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "runner/config/node.h"

namespace assay::plan {

/// Writes a map in block style, and lists of scalars on one line. A scalar marked as quoted is
/// text: it gets quotes only if it could be mistaken for another type.
std::string yaml_text(const config::Node& map);

/// Writes the same, with a comment after every value. The comments are aligned in one column.
std::string yaml_text(const config::Node& map,
                      const std::function<std::string(const config::Node&)>& comment);

/// A value on its own line.
struct Leaf {
  std::string key;           ///< full: "hooks.loss.every"
  std::string text;          ///< as in yaml_text()
  const config::Node* node;  ///< lent by the map
};

/// Returns all values of a map, in order.
std::vector<Leaf> leaves(const config::Node& map);

}  // namespace assay::plan
