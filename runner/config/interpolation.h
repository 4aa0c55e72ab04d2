// References, ${...}, in the values of a config.
#pragma once

#include "runner/config/defaults.h"
#include "runner/config/diagnostics.h"
#include "runner/config/node.h"

namespace assay::config {

/// Fills in `${seed}`, `${optimizer.learning_rate}` (another key, by its full name) and
/// `${env:NAME}`, `${env:NAME,default}`. A value that is nothing but a reference takes over what it
/// refers to as it is: a number, a list, a map; it keeps its own place, but what is in a list or
/// map has the place where it was written, and so have paths. Within a text only single values can
/// be referred to. `${now:...}`, `${step}` and `${epoch}` stay, since only the run knows them;
/// so do `${secret:NAME}` (secret.h) and `\${`. Nothing is calculated, and no reference stands
/// within another. What the config does not set has its default.
void interpolate(Node& root, const Defaults& defaults, Diagnostics& diagnostics);

}  // namespace assay::config
