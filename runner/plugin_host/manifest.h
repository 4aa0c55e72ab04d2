// A plugin's manifest, gone through before anything of it is used: what its author got wrong is
// said in his words, and nothing else of the host needs to look for null pointers.
#pragma once

#include <string>
#include <vector>

#include "assay/plugin.h"

namespace assay::plugin_host {

/// Every mistake in the manifest, one line each; empty: there is none. Wrong are
///   - names that are missing, taken, or not lower_case letters, digits and underscores
///   - a component without documentation, factory or destructor
///   - parameters with impossible types, bounds, choices or members, with the name of an option
///     that is the host's (type, a dataset's split, a hook's triggers), or with a default that the
///     parameter itself would refuse.
/// Counts are bounded, since a table that is shorter than its count cannot be seen from here.
std::vector<std::string> mistakes(const Manifest& manifest);

}  // namespace assay::plugin_host
