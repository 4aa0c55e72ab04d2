#include "runner/train/thread_choice.h"

#include <algorithm>
#include <cmath>

namespace assay::train {
namespace {

constexpr double smoothing_seconds = 0.1;

// The lengths of stretches in seconds. If threads wait for cores, a stretch must span several time
// slices of the scheduler (3 to 4 ms each) to be meaningful.
constexpr double calm_stretch = 0.010, calm_trial = 0.001, crowded_stretch = 0.024;

// The permitted cost of trials: a share of the time, plus these seconds at the beginning.
constexpr double calm_share = 0.005, calm_seconds = 0.002;
constexpr double crowded_share = 0.05, crowded_seconds = 0.03;

// Four runs with two threads each on two cores wait for three quarters of the time, and a run
// beside two busy programs for half of it. Above the first number, a thread is given up without a
// trial. Above the second, none is added.
constexpr double mostly_waiting = 0.6, too_full_for_more = 0.4;

constexpr double worth_adding = 0.93, worth_dropping = 1.03;  // multiples of the current step time
constexpr double hopeless = 1.5;
constexpr double first_pause = 0.1, longest_pause = 4;

// If a step takes less than this, the run continues with one thread once that is measured, and
// keeps it while threads wait for cores: handing out tasks would take a large part of the step.
constexpr double little_work = 60e-6;

// Returns the next number of threads in the series 1, 2, 3, 4, 6, 8, 12, 16, 24, ...
int next_above(int threads) {
  int power = 1;
  while (power * 2 <= threads) power *= 2;
  return threads < 3 ? threads + 1 : threads < power + power / 2 ? power + power / 2 : 2 * power;
}

int next_below(int threads) {
  int below = 1;
  while (next_above(below) < threads) below = next_above(below);
  return below;
}

double step_seconds(const Stretch& stretch) {
  return stretch.seconds / static_cast<double>(stretch.steps);
}

void add(Stretch& sum, const Stretch& more) {
  sum.steps += more.steps;
  sum.seconds += more.seconds;
  sum.waited += more.waited;
}

}  // namespace

ThreadChoice::ThreadChoice(int most)
    : most_(most), threads_(most), fewer_pause_(first_pause), more_pause_(first_pause) {}

double ThreadChoice::stretch_seconds() const {
  if (is_crowded()) return crowded_stretch;
  return trial_ || elapsed_ == 0 ? calm_trial : calm_stretch;
}

std::optional<int> ThreadChoice::fewer() const {
  return threads_ > 1 ? std::optional(next_below(threads_)) : std::nullopt;
}

std::optional<int> ThreadChoice::more() const {
  const bool is_little_work = step_seconds_ * threads_ < little_work;
  const bool may_pay = crowding_ < too_full_for_more && !(is_crowded() && is_little_work);
  return may_pay && threads_ < most_ ? std::optional(std::min(most_, next_above(threads_)))
                                     : std::nullopt;
}

void ThreadChoice::take(const Stretch& stretch) {
  const bool is_first = elapsed_ == 0;
  elapsed_ += stretch.seconds;
  const double waiting = std::clamp(stretch.waited / (stretch.seconds * threads()), 0.0, 1.0);
  const double weight = 1 - std::exp(-stretch.seconds / smoothing_seconds);
  crowding_ += weight * (waiting - crowding_);
  quiet_since_ = crowding_ > some_waiting ? 0 : quiet_since_ + stretch.seconds;
  if (trial_) {
    continue_trial(stretch);
    return;
  }
  const double now = step_seconds(stretch);
  step_seconds_ = step_seconds_ == 0 ? now : step_seconds_ + weight * (now - step_seconds_);
  if (is_first && threads_ > 1 && now * threads_ < little_work) {
    switch_to(1);
  } else if (threads_ > 1 && crowding_ > mostly_waiting) {
    switch_to(*fewer());
  } else {
    start_trial_where_it_pays();
  }
}

void ThreadChoice::start_trial_where_it_pays() {
  const double stretch = std::max(is_crowded() ? crowded_stretch : calm_trial, step_seconds_);
  const double allowed = is_crowded() ? crowded_seconds + crowded_share * elapsed_
                                      : calm_seconds + calm_share * elapsed_;
  const auto affordable = [&](double slowdown) {
    return spent_ + 2 * stretch * slowdown <= allowed;
  };
  if (const auto number = fewer();
      number && elapsed_ >= fewer_after_ && affordable(double(threads_) / *number - 1)) {
    trial_ = Trial{.threads = *number, .other = {}, .present = {}};
  } else if (const auto larger = more(); larger && elapsed_ >= more_after_ && affordable(1)) {
    trial_ = Trial{.threads = *larger, .other = {}, .present = {}};
  }
}

void ThreadChoice::continue_trial(const Stretch& stretch) {
  Trial& trial = *trial_;
  add(trial.measures_other ? trial.other : trial.present, stretch);
  if (!trial.measures_other) --trial.rounds_left;
  if (trial.rounds_left == 0 || step_seconds(trial.other) > hopeless * step_seconds_) {
    end_trial();
  } else {
    trial.measures_other = !trial.measures_other;
  }
}

void ThreadChoice::end_trial() {
  const Trial trial = *trial_;
  const double other = step_seconds(trial.other);
  const double present = trial.present.steps > 0 ? step_seconds(trial.present) : step_seconds_;
  spent_ += std::max(0.0, other - present) * static_cast<double>(trial.other.steps);
  trial_.reset();
  const bool is_fewer = trial.threads < threads_;
  if (other < present * (is_fewer ? worth_dropping : worth_adding)) {
    (is_fewer ? fewer_pause_ : more_pause_) = first_pause;
    switch_to(trial.threads);
    step_seconds_ = other;
  } else {
    double& pause = is_fewer ? fewer_pause_ : more_pause_;
    (is_fewer ? fewer_after_ : more_after_) = elapsed_ + pause;
    pause = std::min(2 * pause, longest_pause);
  }
}

// Changes the number of threads. Delays the trial of the way back, and longer each time, so that
// the number does not oscillate.
void ThreadChoice::switch_to(int threads) {
  double& pause = threads < threads_ ? more_pause_ : fewer_pause_;
  (threads < threads_ ? more_after_ : fewer_after_) = elapsed_ == 0 ? 0 : elapsed_ + pause;
  pause = std::min(2 * pause, longest_pause);
  threads_ = threads;
  step_seconds_ = 0;
}

}  // namespace assay::train
