// The experiment's own parameter tables: everything in a config that does not belong to a plugin.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "assay/parameter.h"

namespace assay::plan {

/// Returns the keys at the top level, in the order of a plan. `choices` of an integer are words
/// that may replace it.
std::span<const Parameter> experiment_parameters();
/// Returns the options that trigger a hook. They stand beside the hook's own options.
std::span<const Parameter> trigger_parameters();
/// Returns the options that split a dataset. They stand beside the dataset's own options.
std::span<const Parameter> split_parameters();

/// Returns the options above that stand beside those of a dataset or hook; none for other kinds.
std::span<const Parameter> common_parameters(Kind kind);

/// Returns a parameter of one of the tables above.
const Parameter& parameter(std::span<const Parameter> table, std::string_view name);

/// Returns true if `option` of the component at `path` belongs to its place (a hook's triggers, a
/// dataset's split) rather than to its type.
bool stays_with_place(std::span<const std::string> path, std::string_view option);

}  // namespace assay::plan
