// Checks a plugin's manifest before anything in it is used. It reports the author's mistakes in
// terms of the manifest, and the rest of the host need not check for null pointers.
#pragma once

#include <string>
#include <vector>

#include "assay/plugin.h"
#include "runner/plugin_host/default_check.h"

namespace assay::plugin_host {

/// Returns every mistake in the manifest, one line each; empty if there is none. Mistakes are:
///   - names that are missing, taken, or not lower_case letters, digits and underscores
///   - texts that are more than a line, or hold control characters
///   - a component without documentation, factory or destructor, or with facets that do not exist
///   - parameters with impossible types, bounds, choices, kinds or members, with the name of an
///     option that is the host's (type, a dataset's split, a hook's triggers), or with a default
///     that the parameter itself would refuse
///   - groups without end.
/// Counts are bounded, because a table that is shorter than its count cannot be detected here.
/// `elsewhere` tells which components other libraries offer.
std::vector<std::string> mistakes(const Manifest& manifest, const Offers& elsewhere = {});

}  // namespace assay::plugin_host
