// A plugin's manifest, gone through before anything of it is used: what its author got wrong is
// said in his words, and nothing else of the host needs to look for null pointers.
#pragma once

#include <string>
#include <vector>

#include "assay/plugin.h"
#include "runner/plugin_host/default_value.h"

namespace assay::plugin_host {

/// Every mistake in the manifest, one line each; empty: there is none. Wrong are
///   - names that are missing, taken, or not lower_case letters, digits and underscores
///   - texts that are more than a line, or hold control characters
///   - a component without documentation, factory or destructor
///   - parameters with impossible types, bounds, choices, kinds or members, with the name of an
///     option that is the host's (type, a dataset's split, a hook's triggers), or with a default
///     that the parameter itself would refuse
///   - groups without end.
/// Counts are bounded, since a table that is shorter than its count cannot be seen from here.
/// What components other libraries have is asked of `elsewhere`.
std::vector<std::string> mistakes(const Manifest& manifest, const Offers& elsewhere = {});

}  // namespace assay::plugin_host
