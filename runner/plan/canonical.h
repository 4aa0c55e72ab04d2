// What of a plan decides the result, in a form that does not depend on how the config says it.
//
// The result is the weights, and what the hooks measure and draw on the way. Two plans of the same
// digest have the same result to the last bit, if the same builds of the plugins run them on the
// same data with the same kernels (run.json names all of these). The opposite is not promised:
// `epochs: 2` and `steps: 2` may mean the same.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "runner/plan/plan.h"

namespace assay::plan {

/// The keys that cannot change the result:
///   name, run_dir  for people, and where things are put
///   threads        rows are cut up by their number alone (train/lanes.h)
///   loggers        where records go; a logger that fails does not stop the run
/// Hooks and metrics count, since what they look at is part of the result; and a loss that is not
/// finite where a hook looks ends the run. `kernels` counts as the plan says it: null, where each
/// machine uses the best that it has, is not the same as the name of one.
inline constexpr std::array<std::string_view, 4> not_in_digest = {"name", "run_dir", "threads",
                                                                  "loggers"};

/// One line "full.key: value" for every other value: typed and complete, numbers in their shortest
/// form, paths absolute, sorted by key.
std::string canonical(const Plan& plan);

/// Of canonical(): 32 hexadecimal digits (config/digest.h).
std::string digest(const Plan& plan);

}  // namespace assay::plan
