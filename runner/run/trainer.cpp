#include "runner/run/trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstring>
#include <exception>
#include <functional>
#include <new>
#include <string_view>

#include "assay/number_text.h"
#include "runner/data/not_finite.h"
#include "runner/train/nan_hunt.h"

namespace assay::run {

void TrainingState::lend_state(state::Registry& registry) {
  registry.lend("step", step);
  registry.lend("hooks_step", hooks_step);
  registry.lend("epoch_loss/sum", epoch_loss.sum);
  registry.lend("epoch_loss/weight", epoch_loss.weight);
}

Result Trainer::run(const std::optional<std::string>& stopped) {
  const auto start = std::chrono::steady_clock::now();
  Result result;
  try {
    result = stopped ? Result{Outcome::finished, *stopped, state_.step} : train();
  } catch (const std::bad_alloc&) {  // this message needs no memory
    result = {Outcome::failed, "out of memory", state_.step};
  } catch (const std::exception& error) {
    result = {Outcome::failed, fmt::format("step {}: {}", grouped(step_now_), error.what()),
              state_.step};
  }
  result.mean_threads = pace_.mean_threads();
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return result;
}

Result Trainer::train() {
  auto& [rows, batches, network, update, hooks, splits, team, log, checkpoints, signal] = parts_;
  const bool stop_on_nan = on_nan_ == plan::OnNan::stop;

  if (state_.hooks_step < 0) {
    if (const auto bad = hooks.fire(0, {}); stop_on_nan && bad)
      return failed(0,
                    fmt::format("{} is {} before training", bad->name, data::kind_of(bad->value)),
                    {splits.at(bad->split).get(), {}});
    state_.hooks_step = 0;
  }

  const std::function<void()> before_end = [&] {
    state_.hooks_step = state_.step;
    checkpoints.before_end(hooks.watched_value(), hooks.acts_at_end());
  };
  while (state_.step < steps_) {
    if (hooks.stop_reason()) return {Outcome::finished, *hooks.stop_reason(), state_.step};
    if (const int number = signal.load(std::memory_order_relaxed))
      return {Outcome::stopped, strsignal(number), state_.step};

    const std::int64_t finished = state_.step, step = step_now_ = finished + 1;
    const train::RowSelection rows_now = batch(finished);
    const LossSum loss = network.gradient(rows_now, finished);
    const double batch_loss = loss.sum / loss.weight;
    if (stop_on_nan && !std::isfinite(batch_loss))
      return failed(
          step - 1,
          fmt::format("the loss of step {} is {}", grouped(step), data::kind_of(batch_loss)),
          rows_now);

    update.apply(finished, loss.weight);
    state_.step = step;
    if (batches.batch(finished).first == 0) state_.epoch_loss = {};
    state_.epoch_loss += loss;

    const auto bad = hooks.fire(
        step, {batch_loss, state_.epoch_loss.sum / state_.epoch_loss.weight}, before_end);
    if (stop_on_nan && bad)
      return failed(step,
                    fmt::format("{} is {} after step {}", bad->name, data::kind_of(bad->value),
                                grouped(step)),
                    {splits.at(bad->split).get(), {}});
    state_.hooks_step = step;
    log.progress(step, batches.batch(step - 1).epoch + 1, batch_loss);
    pace_.step_done();
    checkpoints.after_step(step, hooks.watched_value(), step == steps_ || hooks.stop_reason());
  }
  return {Outcome::finished, {}, steps_};
}

train::RowSelection Trainer::batch(std::int64_t finished) {
  if (parts_.batches.whole()) return {&parts_.rows, {}};
  const data::Batch batch = parts_.batches.batch(finished);
  if (batch.epoch != epoch_) order_ = parts_.batches.order(epoch_ = batch.epoch);
  const auto rest = std::span(order_).subspan(static_cast<std::size_t>(batch.first));
  const auto now = rest.first(static_cast<std::size_t>(batch.rows));
  const auto next = rest.subspan(now.size());
  parts_.rows.ask_for(next.first(std::min(next.size(), now.size())));
  return {&parts_.rows, now};
}

Result Trainer::failed(std::int64_t steps, const std::string& what,
                       const train::RowSelection& rows) {
  const train::Trace trace = train::find_first_not_finite(parts_.network, rows, steps);
  std::string_view advice = "A smaller learning rate often helps";
  if (trace.in_data) advice = "Fix this row or leave it out";
  else if (trace.in_transform) advice = "Change the transform, or fix this row or leave it out";
  else if (steps == 0)
    advice =
        "No step has changed the weights yet, so the learning rate is not the cause; values in the "
        "data that are far too large often are";
  return {Outcome::failed,
          fmt::format("{}: {}. {}; `train.on_nan=ignore` trains anyway", what, trace.text, advice),
          steps};
}

}  // namespace assay::run
