// Facet `Acts`: a hook that changes the run. A hook without it only looks, and the run computes the
// same with and without it.
//
//   class EarlyStopping final : public assay::Hook, public assay::Acts, public assay::Stateful
#pragma once

#include <string_view>

#include "assay/facet.h"
#include "assay/kind.h"

namespace assay {

/// The things that a hook may do to the run, between two steps.
class Actions {
 public:
  /// Ends training after this step. The run counts as finished; `reason`, one line, is told and
  /// recorded ("test.loss has not improved for 10 checks").
  virtual void stop(std::string_view reason) = 0;

  /// Keeps the weights, the model's buffers and the optimizer's state of this step under a name
  /// (lower_case, as is_name says), on disk in `checkpoints/` of the run folder. It replaces what
  /// was kept under the name before.
  virtual void save(std::string_view name) = 0;
  /// Brings back what save() kept under the name, in this run or in one that it resumes. The step,
  /// the state of hooks and the logs stay as they are. Throws Error if nothing was kept.
  virtual void restore(std::string_view name) = 0;

  /// Multiplies every rate of the optimizer by `factor` from the next step on, until it is set
  /// again. It is 1 at first, finite and not negative; the product is not held to the bounds of the
  /// option. The factors of several hooks are multiplied. The host remembers it in checkpoints.
  virtual void set_rate_factor(double factor) = 0;

 protected:
  ~Actions() = default;
};

class Acts {
 public:
  static constexpr FacetId facet = FacetId::acts;
  static constexpr bool serves(Kind kind) { return kind == Kind::hook; }

  /// Acts on the run. Called on the training thread after run() of every hook that is due at the
  /// step, in the order of the config, so that all hooks have seen the same weights.
  virtual void act(Actions& actions) = 0;

 protected:
  ~Acts() = default;
};

}  // namespace assay
