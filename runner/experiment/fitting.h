// Lets the components with the facet Fits learn from the training rows.
#pragma once

#include <optional>

#include "assay/model.h"
#include "runner/data/rows.h"
#include "runner/experiment/blame.h"
#include "runner/experiment/data_files.h"
#include "runner/plan/draft.h"
#include "runner/plugin_host/component.h"
#include "runner/train/transforms.h"

namespace assay::experiment {

/// Everything that components learn from; borrowed.
struct Fitting {
  const plan::Draft& draft;
  const DataFiles& files;
  const train::Transforms& transforms;                     ///< of draft.transforms, in their order
  const std::optional<plugin_host::Handle<Model>>& model;  ///< built; nothing if there is none
  const data::Rows& rows;                                  ///< of the training split
};

/// Lets each transform with the facet Fits learn from all training rows, as the transforms before
/// it leave them, and then the model. Reports what they throw, and values that are not finite
/// unless `train.on_nan` is `ignore`. Stops at the first problem, because the others follow from
/// it.
void fit(const Fitting& fitting, Blame& blame);

}  // namespace assay::experiment
