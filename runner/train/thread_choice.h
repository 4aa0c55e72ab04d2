// Chooses the number of working threads from measurements: the seconds per step, and how long the
// threads waited for a core. Results do not depend on the number, so it may change after any step.
//
// The run starts with all threads. Now and then a neighbouring number is tried: so rarely that
// trials cost a small share of the time, but more often if threads wait for cores. One thread more
// must pay for itself; one thread less need not gain anything. If the machine is so full that
// threads wait most of the time, threads are given up without a trial, whatever it costs this run.
// Otherwise runs side by side would only take cores from each other.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace assay::train {

/// The time of a series of steps, all with the same number of threads.
struct Stretch {
  std::int64_t steps = 0;
  double seconds = 0;
  double waited = 0;  ///< seconds that the threads together waited for a core
};

class ThreadChoice {
 public:
  /// Takes the maximum number of threads, at least 1.
  explicit ThreadChoice(int most);

  /// Return the number of threads for the next stretch, and its length in seconds. A step is never
  /// interrupted.
  int threads() const { return trial_ && trial_->measures_other ? trial_->threads : threads_; }
  double stretch_seconds() const;

  /// Records the stretch that has ended and chooses the next one.
  void take(const Stretch& stretch);

 private:
  // A comparison of another number of threads with the current one, in turn.
  struct Trial {
    int threads;
    bool measures_other = true;
    int rounds_left = 2;
    Stretch other, present;
  };

  void start_trial_where_it_pays();
  void try_instead(int threads);
  void continue_trial(const Stretch& stretch);
  void end_trial();
  void switch_to(int threads);
  bool is_crowded() const { return crowding_ > some_waiting || quiet_since_ < quiet_seconds; }
  std::optional<int> fewer() const;
  std::optional<int> more() const;

  static constexpr double some_waiting = 0.08, quiet_seconds = 3;

  int most_;
  int threads_;
  double elapsed_ = 0;
  double crowding_ = 0;                 ///< the recent share of the time that a thread waits
  double quiet_since_ = quiet_seconds;  ///< the seconds since it was large
  double step_seconds_ = 0;             ///< of the latest stretches with threads_; 0 if unknown
  double spent_ = 0;                    ///< seconds that trials have cost
  double fewer_after_ = 0, more_after_ = 0;  ///< no such trial before this elapsed second
  double fewer_pause_, more_pause_;          ///< added to them after an unsuccessful trial
  std::optional<Trial> trial_;
};

}  // namespace assay::train
