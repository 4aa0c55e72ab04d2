// Measures a team of threads while it trains, and lets the most efficient number of them work
// (thread_choice.h).
#pragma once

#include <chrono>
#include <cstdint>

#include "runner/train/thread_choice.h"
#include "runner/train/thread_team.h"

namespace assay::train {

class ThreadPace {
 public:
  /// Borrows the team. Call it and step_done() from the thread that created the team.
  explicit ThreadPace(ThreadTeam& team);

  /// Counts a step; call it after every step. It reads the clock about once a millisecond, or less
  /// often.
  void step_done() {
    ++steps_;
    if (steps_ >= steps_to_look_) look();
  }

  /// Returns the mean number of working threads over the time so far.
  double mean_threads() const;

 private:
  using Clock = std::chrono::steady_clock;

  void look();
  void begin_stretch(Clock::time_point now);

  ThreadTeam& team_;
  ThreadChoice choice_;
  Clock::time_point start_;
  double waited_before_ = 0;
  std::int64_t steps_ = 0;
  std::int64_t steps_to_look_ = 1;
  double seconds_ = 0;         ///< of all stretches
  double thread_seconds_ = 0;  ///< of all stretches, times their threads
};

}  // namespace assay::train
