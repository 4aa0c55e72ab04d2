// Measures a team of threads while it trains, and lets as many of them work as pay
// (thread_choice.h).
#pragma once

#include <chrono>
#include <cstdint>

#include "runner/train/thread_choice.h"
#include "runner/train/thread_team.h"

namespace assay::train {

class ThreadPace {
 public:
  /// The team is borrowed. Called, as step_done(), by the thread that made it.
  explicit ThreadPace(ThreadTeam& team);

  /// Called after every step. It looks at the clock about once a millisecond, or seldomer.
  void step_done() {
    ++steps_;
    if (steps_ >= steps_to_look_) look();
  }

  /// How many threads worked, on average over the time until now.
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
