#include "runner/hooks/timetable.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "runner/hooks/trigger.h"

namespace assay::hooks {

Timetable::Timetable(const plan::Trigger& trigger, std::int64_t steps, std::int64_t steps_per_epoch)
    : from_(std::max<std::int64_t>(trigger.from.value_or(1), 1)),
      until_(std::min(trigger.until.value_or(steps), steps)),
      times_(trigger.times) {
  if (trigger.every) periods_.push_back(*trigger.every);
  if (trigger.times && !trigger.every && !trigger.every_epoch) periods_.push_back(1);
  // Skip a period beyond the end of the run, whose product might overflow.
  if (trigger.every_epoch && *trigger.every_epoch <= steps / steps_per_epoch)
    periods_.push_back(*trigger.every_epoch * steps_per_epoch);

  single_ = trigger.at;
  if (trigger.at_end) single_.push_back(steps);
  std::ranges::sort(single_);
  const auto repeated = std::ranges::unique(single_);
  single_.erase(repeated.begin(), repeated.end());
  std::erase_if(single_, [&](std::int64_t step) { return step > steps || repeats_at(step); });
}

std::int64_t Timetable::count() const {
  std::int64_t count = periods_.empty() ? 0 : multiples(periods_[0]);
  if (times_) count = std::min(count, *times_);
  if (periods_.size() == 2) {
    const std::int64_t a = periods_[0], b = periods_[1];
    std::int64_t both = 0;  // common multiples, which count once
    const bool too_large = __builtin_mul_overflow(a / std::gcd(a, b), b, &both);
    count += multiples(b) - (too_large ? 0 : multiples(both));
  }
  const auto singles = static_cast<std::int64_t>(single_.size());
  return count + std::min(singles, std::numeric_limits<std::int64_t>::max() - count);
}

std::vector<std::int64_t> Timetable::first(std::size_t most) const {
  std::vector<std::int64_t> steps;
  for (std::int64_t after = -1; steps.size() < most; after = steps.back()) {
    const auto step = next(after);
    if (!step) break;
    steps.push_back(*step);
  }
  return steps;
}

std::optional<std::int64_t> Timetable::last() const {
  std::optional<std::int64_t> last;
  if (!single_.empty()) last = single_.back();
  for (const std::int64_t period : periods_)
    if (multiples(period) > 0) last = std::max(last.value_or(0), until_ / period * period);
  return last;
}

std::int64_t Timetable::multiples(std::int64_t period) const {
  return std::max<std::int64_t>(until_ / period - early(period), 0);
}

bool Timetable::repeats_at(std::int64_t step) const {
  if (step < from_ || step > until_) return false;
  return std::ranges::any_of(periods_, [&](std::int64_t period) {
    if (step % period != 0) return false;
    if (!times_) return true;
    const EvenChoice choice(multiples(period), *times_);
    const std::int64_t place = step / period - early(period);
    return choice.among(place) > choice.among(place - 1);
  });
}

std::optional<std::int64_t> Timetable::next(std::int64_t after) const {
  std::optional<std::int64_t> next;
  const auto offer = [&next](std::int64_t step) { next = std::min(next.value_or(step), step); };
  const auto single = std::ranges::upper_bound(single_, after);
  if (single != single_.end()) offer(*single);
  for (const std::int64_t period : periods_) {
    const std::int64_t past = std::max(after, from_ - 1) / period;  // multiples that are too early
    if (past >= until_ / period) continue;
    if (!times_) {
      offer((past + 1) * period);
    } else {
      const EvenChoice choice(multiples(period), *times_);
      offer((early(period) + choice.place(choice.among(past - early(period)) + 1)) * period);
    }
  }
  return next;
}

}  // namespace assay::hooks
