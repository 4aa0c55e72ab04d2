#include "runner/experiment/lane_rule.h"

#include <fmt/format.h>

#include "assay/error.h"
#include "assay/number_text.h"

namespace assay::experiment {

train::LaneRule lane_rule(const plan::TrainPlan& plan, const plugin_host::Handle<Model>& model) {
  train::LaneRule rule;
  rule.lanes = plan.lanes;
  rule.whole = model.call([](const Model& m) { return m.whole_batches(); });
  rule.block_rows = plan.block_rows ? *plan.block_rows
                                    : model.call([](const Model& m) { return m.block_rows(); });
  if (rule.block_rows < 1)
    throw Error(fmt::format("{} asks for blocks of {} rows; expected at least 1", model.who(),
                            grouped(rule.block_rows)));
  return rule;
}

}  // namespace assay::experiment
