// Carries out what hooks with the facet Acts do to a run.
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
/// Returns true if the file is the state, or a part of it, of a run of the plan with this digest.
bool is_of_plan(const state::StoredTensors& file, std::string_view plan_digest);

class RunActions final : public hooks::Control {
 public:
  /// Borrows all of them. `rate_factor` is what the optimizer's rates are multiplied by.
  RunActions(const RunFolder& folder, state::Registry& state, double& rate_factor,
             std::string plan_digest)
      : folder_(folder),
        state_(state),
        rate_factor_(rate_factor),
        plan_digest_(std::move(plan_digest)) {}

  /// Prepares for a hook of this name that may act, and lends its factor to the state:
  /// rate_factors/HOOK.
  void add(const std::string& hook);
  /// Applies the factors that the state has, after it was restored.
  void take_up_factors();

  void save(const std::string& name) override;
  void restore(const std::string& name) override;
  void set_rate_factor(const std::string& hook, double factor) override;

 private:
  const RunFolder& folder_;
  state::Registry& state_;
  double& rate_factor_;
  std::string plan_digest_;
  std::map<std::string, double> factors_;  ///< by hook
};

}  // namespace assay::run
