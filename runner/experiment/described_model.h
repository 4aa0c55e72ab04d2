// The model of a plan, without the rest of the experiment.
#pragma once

#include "runner/plan/plan.h"
#include "runner/plugin_host/plugin_host.h"
#include "runner/train/model_description.h"

namespace assay::experiment {

/// Returns the layers and parameters that the model of a plan declares for its data and its loss.
/// Creates the dataset, the transforms, the loss and the model, and nothing else. Throws
/// assay::Error.
train::ModelDescription described_model(const plan::Plan& plan, plugin_host::PluginHost& host);

}  // namespace assay::experiment
