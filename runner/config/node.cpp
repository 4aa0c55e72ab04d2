#include "runner/config/node.h"

#include <algorithm>

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

}  // namespace assay::config
