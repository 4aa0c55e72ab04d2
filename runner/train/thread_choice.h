// Chooses how many threads work, from what was measured: seconds a step, and how long the threads
// waited for a core. Results do not depend on the number, so it may change after any step.
//
// Threads begin with all that there are. A number next to the present one is tried now and then: as
// seldom as makes trials cost a small share of the time, more often where threads wait for cores.
// One thread more must pay for itself; one thread less need not gain anything. Where the machine is
// so full that threads wait most of the time, threads are given up without a trial, whatever it
// costs this run: otherwise runs side by side would only take cores from each other.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace assay::train {

/// The time of a stretch of steps, all of them with the same number of threads.
struct Stretch {
  std::int64_t steps = 0;
  double seconds = 0;
  double waited = 0;  ///< seconds that the threads together waited for a core
};

class ThreadChoice {
 public:
  /// `most` >= 1 threads.
  explicit ThreadChoice(int most);

  /// How many threads the next stretch is for, and how many seconds it should last; a step is never
  /// cut.
  int threads() const { return trial_ && trial_->measures_other ? trial_->threads : threads_; }
  double stretch_seconds() const;

  /// Takes in the stretch that has ended and chooses what comes next.
  void take(const Stretch& stretch);

 private:
  // A number of threads measured beside the present one, in turn.
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
  double crowding_ = 0;                      ///< share of the time that a thread waits, lately
  double quiet_since_ = quiet_seconds;       ///< seconds since it was much
  double step_seconds_ = 0;                  ///< of the last stretches with threads_; 0: unknown
  double spent_ = 0;                         ///< seconds that trials have cost
  double fewer_after_ = 0, more_after_ = 0;  ///< no such trial before, in elapsed seconds
  double fewer_pause_, more_pause_;          ///< what is added to them after a trial in vain
  std::optional<Trial> trial_;
};

}  // namespace assay::train
