// Arguments of the command line, applied to a config.
#pragma once

#include <span>
#include <string>

#include "runner/config/composition.h"
#include "runner/config/defaults.h"
#include "runner/config/diagnostics.h"
#include "runner/config/node.h"

namespace assay::config {

/// Applies each argument (argument.h) to `root`, in the way a config is merged over another
/// (merge.h): `optimizer.learning_rate=0.1`, `+hooks.new={type: scalar, ...}`, `~hooks.loss`,
/// `loggers.0=console`, `optimizer=@adam.yaml`.
///
/// A number selects from a list, and the number after the last one appends to it. Missing maps on
/// the way to a key are created; validation decides later if the experiment knows the key. Short
/// keys come before long ones, removals before types and types before other keys, so the order of
/// arguments does not matter; of two arguments for the same key the last one counts. If an argument
/// changes part of a default, `hidden.0=50`, the default becomes part of the config, without a
/// place. List elements are removed at the end, so numbers always refer to the original list.
/// Messages call the arguments "argument 1", "argument 2", ..., except those that have a place
/// among `places`, which are in the same order: a value that a config says stands there.
void apply_overrides(Node& root, std::span<const std::string> arguments, Composition& composition,
                     const Defaults& defaults, Diagnostics& diagnostics,
                     std::span<const Location> places = {});

}  // namespace assay::config
