// Carries out the actions of hooks with the facet Acts on a run.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "runner/hooks/hooks.h"
#include "runner/run/run_folder.h"
#include "runner/state/registry.h"

namespace assay::run {

inline constexpr const char* plan_digest_key = "plan_digest";  ///< in the metadata of a state
/// The digests of the plans that a run has had: first the current one, then those from before it
/// was made longer or its plan was changed.
using PlanDigests = std::vector<std::string>;
/// Returns true if the file is the state, or a part of it, of a run of one of these plans.
bool is_of_plan(const state::StoredTensors& file, const PlanDigests& plans);

class RunActions final : public hooks::Control {
 public:
  /// Borrows all of them. `rate_factor` is the factor of the optimizer's rates.
  RunActions(const RunFolder& folder, state::Registry& state, double& rate_factor,
             PlanDigests plans)
      : folder_(folder), state_(state), rate_factor_(rate_factor), plans_(std::move(plans)) {}

  /// Prepares for a hook of this name that may act, and lends its factor to the state:
  /// rate_factors/HOOK.
  void add(const std::string& hook);
  /// Applies the factors that the state has, after it was restored.
  void take_up_factors();
  /// Reads the checkpoints that hooks have saved, and returns the problems with them.
  std::vector<std::string> damaged() const;

  void save(const std::string& name) override;
  void restore(const std::string& name) override;
  void set_rate_factor(const std::string& hook, double factor) override;

 private:
  const RunFolder& folder_;
  state::Registry& state_;
  double& rate_factor_;
  PlanDigests plans_;
  std::map<std::string, double> factors_;  ///< by hook
};

}  // namespace assay::run
