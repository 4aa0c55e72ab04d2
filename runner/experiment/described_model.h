// The model of a plan, without the rest of the experiment.
#pragma once

#include "runner/plan/plan.h"
#include "runner/plugin_host/plugin_host.h"
#include "runner/state/component_state.h"
#include "runner/train/model_description.h"

namespace assay::experiment {

/// Everything that a model declares: layers and parameters, and its buffers with their initial
/// values.
struct DescribedModel {
  train::ModelDescription description;
  state::ComponentState buffers;
};

/// Returns what the model of a plan declares for its data and its loss. Creates the dataset, the
/// transforms, the loss and the model, and nothing else. Throws assay::Error.
DescribedModel described_model(const plan::Plan& plan, plugin_host::PluginHost& host);

}  // namespace assay::experiment
