// Keys by their full names: `optimizer.learning_rate`, `loggers.0`.
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

/// The element of a list that a part of a name picks: "0", "12". Nothing when it is no number.
std::optional<std::size_t> index_of(std::string_view part);

/// "a.b" -> a, b
std::vector<std::string> parts_of(std::string_view name);

/// What `root` has at a path, where a number picks from a list; null when it has nothing there.
Node* find_key(Node& root, std::span<const std::string> path);

/// A key that neither a config nor its defaults have.
struct MissingKey {
  std::string part;                   ///< the first of its parts that is not there
  std::vector<std::string> siblings;  ///< what could stand in the place of that part
  bool is_option = false;             ///< it is one of them, with no default
  bool is_alone = false;              ///< the only part of the key
};
MissingKey about_missing(Node& root, const Defaults& defaults, std::span<const std::string> path);

/// The key of the same place, or else one of the `others`, that it may be a misspelling of, or for
/// one that is alone the key of a section; empty where there is none.
std::string suggested_key(Node& root, const Defaults& defaults, const MissingKey& missing,
                          std::span<const std::string> others);

/// Whether an unknown key of `root`, which is reported as such, seems to mean one on this path.
bool is_misspelt(Node& root, const Defaults& defaults, std::span<const std::string> path);

}  // namespace assay::config
