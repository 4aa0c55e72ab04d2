// Merges one config over another: for `extends`, fragments and the command line.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "runner/config/diagnostics.h"
#include "runner/config/node.h"

namespace assay::config {

/// Returns true if an option of the component at `path` belongs to its place rather than to its
/// type, such as a hook's triggers. Such an option stays when the type changes.
using StaysWithPlace =
    std::function<bool(std::span<const std::string> path, std::string_view option)>;

/// Merges `over` over the node at `path` of a config:
/// - A map changes the keys that it contains, at any depth; an empty map removes all keys.
///   Any other value replaces the old one, including lists and null.
/// - `~key:` removes a key, before the map's other keys are set. It must be there, and `~key` takes
///   no value.
/// - If the type of a component changes, only the options that stay with its place are kept. `sgd`
///   counts as `{type: sgd}` if the other side is a map.
/// Reports problems, and merges the rest nevertheless.
void merge(Node& node, Node over, std::span<const std::string> path, const StaysWithPlace& stays,
           Diagnostics& diagnostics);

/// Turns `sgd` into {type: sgd}, and any value that is neither a map nor a component's name into
/// {}.
void become_map(Node& node, const Location& where);

/// Returns "did you mean 'loss'?" for the keys of a map, or an empty text.
std::string did_you_mean_key(std::string_view key, const Node& map);

}  // namespace assay::config
