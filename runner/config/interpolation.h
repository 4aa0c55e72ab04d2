// References, ${...}, in the values of a config.
#pragma once

#include "runner/config/defaults.h"
#include "runner/config/diagnostics.h"
#include "runner/config/node.h"

namespace assay::config {

/// Fills in `${seed}`, `${optimizer.learning_rate}` (another key, by its full name), `${env:NAME}`
/// and `${env:NAME,default}`. A value that consists of one reference becomes a copy of the value
/// that it refers to: a number, a list, a map. The copy has the place of the reference; the content
/// of a list or map, and a path, keep the place where they were written. Within a longer text, a
/// reference may only refer to a single value. `${now:...}`, `${step}` and `${epoch}` stay, because
/// only the run knows their values; so do `${secret:NAME}` (secret.h) and `\${`. There is no
/// arithmetic, and references do not nest. A key that the config does not set has its default.
void interpolate(Node& root, const Defaults& defaults, Diagnostics& diagnostics);

}  // namespace assay::config
