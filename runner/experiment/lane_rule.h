// Decides how a plan's model divides rows into lanes and blocks.
#pragma once

#include "assay/model.h"
#include "runner/plan/plan.h"
#include "runner/plugin_host/component.h"
#include "runner/train/lanes.h"

namespace assay::experiment {

/// Returns the rule for a model that was built. Throws plugin_host::ComponentError, and
/// assay::Error if the model asks for impossible blocks.
train::LaneRule lane_rule(const plan::TrainPlan& plan, const plugin_host::Handle<Model>& model);

}  // namespace assay::experiment
