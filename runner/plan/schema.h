// The experiment's own parameter tables: all that a config may say and that is no plugin's.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "assay/parameter.h"

namespace assay::plan {

/// The keys at the top level, in the order of a plan. `choices` of an integer are words that may
/// stand in its place.
std::span<const Parameter> experiment_parameters();
/// When a hook fires; beside the hook's own options.
std::span<const Parameter> trigger_parameters();
/// How a dataset is split; beside the dataset's own options.
std::span<const Parameter> split_parameters();

/// Those of the above that stand beside the own options of a dataset or hook; none for other kinds.
std::span<const Parameter> common_parameters(Kind kind);

/// Of a table of the above.
const Parameter& parameter(std::span<const Parameter> table, std::string_view name);

/// Whether `option` of the component at `path` belongs to its place (a hook's triggers, a dataset's
/// split) rather than to its type.
bool stays_with_place(std::span<const std::string> path, std::string_view option);

}  // namespace assay::plan
