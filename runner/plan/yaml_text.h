// Nodes to YAML text.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "runner/config/node.h"

namespace assay::plan {

/// A map in block style; lists of scalars in one line. A scalar marked as quoted is text: it gets
/// quotes only where it could be taken for something else.
std::string yaml_text(const config::Node& map);

/// The same with a comment behind every value, all in one column.
std::string yaml_text(const config::Node& map,
                      const std::function<std::string(const config::Node&)>& comment);

/// A value that has a line to itself.
struct Leaf {
  std::string key;           ///< full: "hooks.loss.every"
  std::string text;          ///< as in yaml_text()
  const config::Node* node;  ///< lent by the map
};

/// All values of a map, in its order.
std::vector<Leaf> leaves(const config::Node& map);

}  // namespace assay::plan
