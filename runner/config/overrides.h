// `key=value` arguments of the command line, set in a config.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "runner/config/diagnostics.h"
#include "runner/config/node.h"

namespace assay::config {

/// Whether an option of the component at `path` belongs to its place rather than to its type, as a
/// hook's triggers do: it stays when the type changes.
using StaysWithPlace =
    std::function<bool(std::span<const std::string> path, std::string_view option)>;

/// Sets each argument in `root`: `optimizer.learning_rate=0.1`, `model.hidden=[50,50]`,
/// `loggers.0=console`. What is on the way to a key and absent is made, and `optimizer: sgd`
/// becomes
/// `{type: sgd}`; whether the experiment knows the key is for validation to say. A new `type` drops
/// the options of the old one.
/// Short keys are set before long ones and types first of all, so that the order of arguments does
/// not matter; of two for the same key the last one counts.
/// In messages the arguments are "argument 1", "argument 2", ...
void apply_overrides(Node& root, std::span<const std::string> arguments,
                     const StaysWithPlace& stays, Diagnostics& diagnostics);

}  // namespace assay::config
