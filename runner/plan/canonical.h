// The part of a plan that determines the result, in a form that does not depend on how the config
// is written.
//
// The result consists of the weights, and of everything that the hooks measure and draw. Two plans
// with the same digest have the same result to the last bit if the same builds of the plugins run
// them on the same data with the same kernels (run.json names all of these). The converse does not
// hold: `epochs: 2` and `steps: 2` may mean the same.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "runner/config/node.h"
#include "runner/plan/plan.h"

namespace assay::plan {

/// The keys that cannot change the result:
///   name, run_dir  for people, and where things are put
///   threads        rows are cut up by their number alone (train/lanes.h)
///   loggers        where records go; a logger that fails does not stop the run
///   resume         continues a run only if it is the same one
///   checkpoints    a resumed run computes what it would have computed anyway
/// Hooks and metrics count, because the values that they read are part of the result, and because a
/// run ends when a hook reads a loss that is not finite. `kernels` counts as the plan states it:
/// null, with which each machine uses the best that it has, differs from every name.
inline constexpr std::array<std::string_view, 6> not_in_digest = {
    "name", "run_dir", "resume", "threads", "loggers", "checkpoints"};

/// Returns one line "full.key: value" for every other value. The values are typed and complete,
/// numbers are in their shortest form, paths are absolute, and the lines are sorted by key.
std::string canonical(const Plan& plan);
/// Returns the same of the plan's document (emit.h).
std::string canonical(const config::Node& document);

/// Returns the digest of canonical(): 32 hexadecimal digits (base/digest.h).
std::string digest(const Plan& plan);

}  // namespace assay::plan
