// Runs the hooks that are due after a step. Collects their needs first, so that a split is
// evaluated at most once per step, however many hooks need it. After the last step of a run, the
// hooks that are due because it is the last one run after the others, and a split is evaluated
// again for what only they need.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runner/data/rows.h"
#include "runner/hooks/needs.h"
#include "runner/hooks/trigger.h"
#include "runner/logging/log.h"
#include "runner/plan/tag.h"
#include "runner/plugin_host/schedules.h"
#include "runner/train/network.h"
#include "runner/train/update.h"

namespace assay::hooks {

/// The rows that hooks read, by the name of the split.
using Splits = std::map<std::string, std::shared_ptr<const data::Rows>>;

/// A value that a hook reads and that is NaN or infinite because the loss over its split is.
struct BadLoss {
  std::string name;  ///< "test.loss"
  std::string split;
  double value = 0;
};

/// Everything that hooks can read. Borrows the references.
struct Observed {
  std::vector<std::string> metrics;  ///< the names of the network's, in their order
  const Splits& splits;
  train::Network& network;
  const train::Update& update;
  std::vector<plugin_host::NamedRate> rates;        ///< the optimizer's
  std::vector<state::NamedTensor> buffers = {};     ///< of the model, by its own names
  std::optional<plan::ReadableValue> watched = {};  ///< that watched_value() returns
};

/// Carries out what hooks with the facet Acts ask for. Names and numbers were checked.
class Control {
 public:
  virtual void save(const std::string& name) = 0;
  virtual void restore(const std::string& name) = 0;
  virtual void set_rate_factor(const std::string& hook, double factor) = 0;

 protected:
  ~Control() = default;
};

/// The losses that training computed; NaN before the first step.
struct TrainingLoss {
  double batch = std::numeric_limits<double>::quiet_NaN();  ///< of the last step
  double epoch = std::numeric_limits<double>::quiet_NaN();  ///< of all rows since the epoch began
};

class Hooks {
 public:
  /// Receives every failure of a hook when it happens.
  using Report = std::function<void(const std::string&)>;

  /// Borrows the log, and `control`, which must be there if a hook has the facet Acts.
  Hooks(std::vector<PreparedHook> hooks, Observed observed, logging::Log& log,
        const RunLength& length, Report report, Control* control = nullptr);

  /// Runs the hooks that are due once `step` steps are finished. Then those that can act do so. If
  /// one stops the run, the hooks for its end run as well. After the last step of the run, hooks
  /// that would not be due in a longer run come last, and see what the others did to the run;
  /// `before_end` is called before them.
  std::optional<BadLoss> fire(std::int64_t step, const TrainingLoss& loss,
                              const std::function<void()>& before_end = {});
  /// Returns true if a hook for the end of the run may act, so that anything may change there.
  bool acts_at_end() const;
  /// Returns the watched value of the step that was fired; nothing if no hook that reads it was
  /// due. Hooks that are due because the run ends do not count.
  const std::optional<double>& watched_value() const { return watched_value_; }
  /// Returns why a hook asked the run to stop ("hooks.patience: ..."); nothing if none did.
  const std::optional<std::string>& stop_reason() const { return stop_reason_; }

  /// Returns the hook that owns each tag, by its name. No other hook may use the tag.
  std::map<std::string, std::string> owners() const;
  /// Restores what owners() returned before. A hook that no longer exists owns nothing.
  void restore_owners(const std::map<std::string, std::string>& owners);

  /// A hook that throws is reported and left out from then on.
  const std::vector<std::string>& failures() const { return failures_; }
  /// Returns how many times a split was evaluated.
  std::int64_t evaluations() const { return evaluations_; }

 private:
  class Context;
  class Acting;
  // The evaluation of one split at one step.
  struct Measured {
    train::EvaluationRequest request;
    train::Evaluation evaluation;
  };

  // A hook, and whether it still works: after a failure it does not.
  struct Slot {
    PreparedHook hook;
    bool works = true;
  };

  void run(Slot& slot, std::int64_t step, const TrainingLoss& loss);
  void act(Slot& slot, std::int64_t step);
  void run_due(std::int64_t step, const TrainingLoss& loss);
  bool act_if_due(std::int64_t step);
  bool is_for_end_only(const Slot& slot, std::int64_t step) const;
  void fire_after_stop(std::int64_t step, const TrainingLoss& loss);
  void fail(Slot& slot, std::int64_t step, const std::string& message);
  std::size_t metric(const std::string& name) const;
  const plugin_host::NamedRate& rate(const std::string& name) const;
  void measure(std::int64_t step);
  std::optional<double> find_watched(std::int64_t step, const TrainingLoss& loss);
  std::map<std::string, train::EvaluationRequest> requests() const;
  std::optional<BadLoss> bad_loss() const;

  std::vector<Slot> hooks_;
  Observed observed_;
  logging::Log& log_;
  RunLength length_;
  Report report_;
  Control* control_;
  std::optional<std::string> stop_reason_;
  std::vector<std::string> failures_;
  std::int64_t evaluations_ = 0;
  plan::TagOwners owners_;

  // The state of the step that is being fired.
  std::vector<Slot*> due_;
  std::map<std::string, Measured> measured_;
  double gradient_norm_ = 0;  // measured if a due hook needs it
  std::optional<double> watched_value_;
};

}  // namespace assay::hooks
