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
/// Returns the options that trigger a hook. They are siblings of the hook's own options.
std::span<const Parameter> trigger_parameters();
/// Returns the options that split a dataset. They are siblings of the dataset's own options.
std::span<const Parameter> split_parameters();
/// Returns the options that say which weights a model begins with. They are siblings of its own.
std::span<const Parameter> init_parameters();
/// Returns the options that say which weights are trained, and how fast. They are siblings of the
/// optimizer's own options.
std::span<const Parameter> tuning_parameters();

/// Returns the options above that are siblings of those of a component of this kind.
std::span<const Parameter> common_parameters(Kind kind);

/// The ways in which a config may shorten an option of the tables above (short_form.h).
enum class ShortForm {
  none,
  element,  ///< a single value stands for a list of one
  words,    ///< the same, and `allow` for [*], `error` for []
  member,   ///< a text stands for a map with the first member
  pairs,    ///< a map {A: B} stands for a list of maps, whose first two members are A and B
};
ShortForm short_form(const Parameter& parameter);

/// Returns a parameter of one of the tables above.
const Parameter& parameter(std::span<const Parameter> table, std::string_view name);

/// Returns true if `option` of the component at `path` belongs to its place (a hook's triggers, a
/// dataset's split, what an optimizer freezes) rather than to its type.
bool stays_with_place(std::span<const std::string> path, std::string_view option);

}  // namespace assay::plan
