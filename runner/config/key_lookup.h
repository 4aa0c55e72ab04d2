// Finds keys by their full names: `optimizer.learning_rate`, `loggers.0`.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runner/config/defaults.h"
#include "runner/config/node.h"

namespace assay::config {

/// Returns the list index that a part of a name gives: "0", "12". Returns nothing for other texts.
std::optional<std::size_t> index_of(std::string_view part);

/// Splits "a.b" into a and b.
std::vector<std::string> parts_of(std::string_view name);

/// Returns the node at a path, where a number selects from a list; null if there is none.
Node* find_key(Node& root, std::span<const std::string> path);

/// A key that neither a config nor its defaults contain.
struct MissingKey {
  std::string part;                   ///< the first missing part
  std::vector<std::string> siblings;  ///< the keys that exist in its place
  bool is_option = false;             ///< the part is a known option without a default
  bool is_alone = false;              ///< it is the only part of the key
};
MissingKey about_missing(Node& root, const Defaults& defaults, std::span<const std::string> path);

/// Returns the key that the missing one may be a misspelling of: one in the same place, or one of
/// `others`. For a single part it may also be a key of a section. Empty if there is none.
std::string suggested_key(Node& root, const Defaults& defaults, const MissingKey& missing,
                          std::span<const std::string> others);

/// Returns true if an unknown key of `root`, which is reported separately, seems to misspell a key
/// on this path.
bool is_misspelt(Node& root, const Defaults& defaults, std::span<const std::string> path);

}  // namespace assay::config
