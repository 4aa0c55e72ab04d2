// The training loop.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "assay/logger.h"
#include "assay/loss.h"
#include "runner/data/batches.h"
#include "runner/hooks/hooks.h"
#include "runner/logging/log.h"
#include "runner/plan/plan.h"
#include "runner/run/checkpoints.h"
#include "runner/state/registry.h"
#include "runner/train/network.h"
#include "runner/train/thread_pace.h"
#include "runner/train/update.h"

namespace assay::run {

/// The state of training itself, besides that of weights and optimizer.
struct TrainingState {
  std::int64_t step = 0;         ///< finished updates
  std::int64_t hooks_step = -1;  ///< the last step whose hooks have run; -1 before any has
  LossSum epoch_loss;            ///< of the steps since the epoch began

  /// Lends it: step, hooks_step, epoch_loss/sum, epoch_loss/weight.
  void lend_state(state::Registry& registry);
};

struct Result {
  Outcome outcome = Outcome::finished;
  std::string reason;      ///< why it stopped or failed
  std::int64_t steps = 0;  ///< finished
  double seconds = 0;
  double mean_threads = 0;  ///< the mean number of working threads over the time
};

class Trainer {
 public:
  struct Parts {
    const data::Rows& rows;  ///< the training split
    const data::Batches& batches;
    train::Network& network;
    train::Update& update;
    hooks::Hooks& hooks;
    const hooks::Splits& splits;
    train::ThreadTeam& team;  ///< of network and update
    logging::Log& log;
    Checkpoints& checkpoints;
    const std::atomic<int>& signal;  ///< number of the signal that asks to stop, or 0
  };

  /// `state` is borrowed: training continues from there, and stores its progress there.
  Trainer(const Parts& parts, std::int64_t steps, plan::OnNan on_nan, TrainingState& state)
      : parts_(parts), steps_(steps), on_nan_(on_nan), state_(state), pace_(parts.team) {}

  /// Runs the training. An exception of a component ends the run as failed. `stopped` is the reason
  /// if a hook has stopped it already: nothing is left to train.
  Result run(const std::optional<std::string>& stopped);

 private:
  Result train();
  train::RowSelection batch(std::int64_t finished);
  Result failed(std::int64_t steps, const std::string& what, const train::RowSelection& rows);

  Parts parts_;
  std::int64_t steps_;
  plan::OnNan on_nan_;
  TrainingState& state_;
  std::int64_t step_now_ = 0;  ///< that is being worked on; 0: before training
  train::ThreadPace pace_;
  std::int64_t epoch_ = -1;          ///< that order_ is of
  std::vector<std::int64_t> order_;  ///< the rows of an epoch
};

}  // namespace assay::run
