#include "runner/train/thread_pace.h"

#include <algorithm>
#include <limits>

namespace assay::train {

ThreadPace::ThreadPace(ThreadTeam& team) : team_(team), choice_(team.size()) {
  if (team_.size() == 1) {
    steps_to_look_ = std::numeric_limits<std::int64_t>::max();
    return;
  }
  team_.use(choice_.threads());
  begin_stretch(Clock::now());
}

void ThreadPace::begin_stretch(Clock::time_point now) {
  start_ = now;
  waited_before_ = team_.waited_for_cores().value_or(0);
  steps_ = 0;
}

void ThreadPace::look() {
  const Clock::time_point now = Clock::now();
  const double seconds = std::max(std::chrono::duration<double>(now - start_).count(), 1e-9);
  const double rate = static_cast<double>(steps_) / seconds;
  const auto steps_in = [rate](double time) {
    return std::max<std::int64_t>(1, static_cast<std::int64_t>(rate * time));
  };
  // Steps were shorter than expected.
  if (const double missing = choice_.stretch_seconds() - seconds;
      missing > choice_.stretch_seconds() / 4) {
    steps_to_look_ = steps_ + steps_in(missing);
    return;
  }
  const double waited = team_.waited_for_cores().value_or(0) - waited_before_;
  seconds_ += seconds;
  thread_seconds_ += seconds * team_.in_use();
  choice_.take({steps_, seconds, std::max(waited, 0.0)});
  team_.use(choice_.threads());
  begin_stretch(now);
  steps_to_look_ = steps_in(choice_.stretch_seconds());
}

double ThreadPace::mean_threads() const {
  return seconds_ > 0 ? thread_seconds_ / seconds_ : team_.in_use();
}

}  // namespace assay::train
