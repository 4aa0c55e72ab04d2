// Collects the facts about a run that loggers get when they are opened.
#pragma once

#include <memory>

#include "runner/experiment/experiment.h"
#include "runner/logging/run_facts.h"
#include "runner/plan/plan.h"

namespace assay::experiment {

/// Returns the plan, the model's graph, tags, splits and classes. Call it while the experiment has
/// its hooks.
std::shared_ptr<const logging::RunFacts> run_facts(const plan::Plan& plan,
                                                   const Experiment& experiment);

}  // namespace assay::experiment
