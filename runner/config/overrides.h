// Arguments of the command line, applied to a config.
#pragma once

#include <span>
#include <string>

#include "runner/config/composition.h"
#include "runner/config/defaults.h"
#include "runner/config/diagnostics.h"
#include "runner/config/node.h"

namespace assay::config {

/// Applies each argument (argument.h) to `root`, as a config laid over it (merge.h) would:
/// `optimizer.learning_rate=0.1`, `+hooks.new={type: scalar, ...}`, `~hooks.loss`,
/// `loggers.0=console`, `optimizer=@adam.yaml`. A number picks from a list, and the one behind the
/// last adds to it. What is on the way to a key and absent is made; whether the experiment knows
/// the key is for validation to say. Short keys come before long ones, removals before types and
/// types before other keys, so that the order of arguments does not matter; of two for the same key
/// the last one counts. A default that an argument changes a part of, `hidden.0=50`, becomes part
/// of the config, at no place. Elements of lists are removed at the end, so that the numbers are
/// those of the list as it was. In messages the arguments are "argument 1", "argument 2", ...
void apply_overrides(Node& root, std::span<const std::string> arguments, Composition& composition,
                     const Defaults& defaults, Diagnostics& diagnostics);

}  // namespace assay::config
