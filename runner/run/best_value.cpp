#include "runner/run/best_value.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "runner/run/run_folder.h"

namespace assay::run {
namespace {

// Returns what is compared: a state of another value or mode says nothing about this one.
std::string text_of(const plan::BestPlan& plan) {
  return (plan.mode == plan::BestPlan::Mode::min ? "min " : "max ") + plan.value;
}

}  // namespace

BestValue::BestValue(plan::BestPlan plan, state::Registry& state, const base::Folder& run_folder)
    : plan_(std::move(plan)), state_(state) {
  const auto texts = state_.texts("best/");
  const auto numbers = state_.numbers("best/");
  const auto steps = state_.integers("best/");
  const auto of = texts.find("of");
  if (of == texts.end() || of->second != text_of(plan_)) return;
  if (!numbers.contains("value") || !steps.contains("step")) return;
  const Best best{plan_.value, numbers.at("value"), steps.at("step")};
  if (std::ranges::count(checkpoint_steps(run_folder), best.step) == 0) return;
  best_ = kept_ = best;
}

bool BestValue::offer(std::int64_t step, double number) {
  if (std::isnan(number)) return false;
  if (best_ &&
      (plan_.mode == plan::BestPlan::Mode::min ? number >= best_->number : number <= best_->number))
    return false;
  state_.set("best/of", text_of(plan_));
  state_.set("best/value", number);
  state_.set("best/step", step);
  const std::lock_guard lock(mutex_);
  best_ = {plan_.value, number, step};
  return true;
}

void BestValue::written(std::int64_t step) {
  const std::lock_guard lock(mutex_);
  if (best_ && best_->step == step) kept_ = best_;
}

std::optional<Best> BestValue::kept() const {
  const std::lock_guard lock(mutex_);
  return kept_;
}

}  // namespace assay::run
