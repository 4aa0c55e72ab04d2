#include "runner/run/checkpoints.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <utility>

#include "assay/error.h"
#include "assay/number_text.h"
#include "runner/run/run_actions.h"

namespace assay::run {
namespace {

constexpr const char* format = "assay state";

}  // namespace

bool is_checkpoint(const state::StoredTensors& file, std::string_view plan_digest) {
  const auto& metadata = file.header().metadata;
  const auto found = metadata.find("format");
  return found != metadata.end() && found->second == format && is_of_plan(file, plan_digest);
}

std::map<std::string, std::string> checkpoint_metadata(std::int64_t step,
                                                       const std::string& plan_digest) {
  return {{"format", format}, {"step", std::to_string(step)}, {plan_digest_key, plan_digest}};
}

Found find_checkpoint(const base::Folder& run_folder, std::string_view plan_digest) {
  Found found;
  const std::vector<std::int64_t> steps = checkpoint_steps(run_folder);
  if (steps.empty()) return found;
  const base::Folder folder = run_folder.existing_subfolder("checkpoints");
  for (const std::int64_t step : steps) try {
      const state::StoredTensors file(folder, checkpoint_name(step));
      const bool has_checksum = file.verify();
      if (!has_checksum || !is_checkpoint(file, plan_digest)) continue;
      found.step = step;
      return found;
    } catch (const Error& error) {
      found.damaged.emplace(step, error.what());
    }
  return found;
}

Checkpoints::Checkpoints(const plan::CheckpointPlan& plan, std::string plan_digest,
                         std::int64_t steps_per_epoch, std::set<std::int64_t> damaged, Parts parts)
    : plan_(plan),
      plan_digest_(std::move(plan_digest)),
      steps_per_epoch_(steps_per_epoch),
      damaged_(std::move(damaged)),
      parts_(std::move(parts)),
      answered_(parts_.requests.load()) {
  if (plan_.while_training()) snapshot_.emplace(parts_.state);
}

bool Checkpoints::is_due(std::int64_t step) const {
  if (parts_.requests.load(std::memory_order_relaxed) != answered_) return true;
  if (plan_.every && step % *plan_.every == 0) return true;
  return plan_.every_epoch && step % steps_per_epoch_ == 0 &&
         step / steps_per_epoch_ % *plan_.every_epoch == 0;
}

bool Checkpoints::is_due_by_the_clock() const {
  return plan_.every_seconds && Clock::now() - last_ >= std::chrono::seconds(*plan_.every_seconds);
}

void Checkpoints::after_step(std::int64_t step, const std::optional<double>& value,
                             bool last) noexcept {
  try {
    const bool best = parts_.best != nullptr && value && parts_.best->offer(step, *value);
    if (last && plan_.at_end) return;
    const bool due = best || is_due(step);
    if (!due && (!is_due_by_the_clock() || is_writing())) return;
    wait();
    take(step);
  } catch (const std::exception& error) {
    tell(step, error.what());
  }
}

void Checkpoints::take(std::int64_t step) {
  answered_ = parts_.requests.load();
  last_ = Clock::now();
  parts_.note();
  if (snapshot_) {
    snapshot_->take(parts_.state);
    return mark(step, [this] { return snapshot_->tensors(); });
  }
  mark(step, [this] { return parts_.state.stored_tensors(); });
  wait();
}

void Checkpoints::at_end(std::int64_t step) {
  if (!plan_.at_end || step == 0) return;
  parts_.note();
  mark(step, [this] { return parts_.state.stored_tensors(); });
}

// Sends a mark through the queue of the log.
void Checkpoints::mark(std::int64_t step,
                       std::function<std::vector<state::NamedTensor>()> tensors) {
  {
    const std::lock_guard lock(mutex_);
    ++marks_;
  }
  const auto done = [this] {
    const std::lock_guard lock(mutex_);
    --marks_;
    written_.notify_all();
  };
  try {
    parts_.log.mark([this, step, tensors = std::move(tensors), done](logging::Loggers& loggers) {
      try {
        write(step, tensors(), loggers);
      } catch (const std::exception& error) {
        tell(step, error.what());
      } catch (...) {
        tell(step, "an exception that is no std::exception");
      }
      done();
    });
  } catch (...) {
    done();
    throw;
  }
}

bool Checkpoints::is_writing() {
  const std::lock_guard lock(mutex_);
  return marks_ > 0;
}

void Checkpoints::wait() {
  std::unique_lock lock(mutex_);
  written_.wait(lock, [this] { return marks_ == 0; });
}

// Writes the file, on the logging thread.
void Checkpoints::write(std::int64_t step, std::vector<state::NamedTensor> tensors,
                        logging::Loggers& loggers) {
  const std::map<std::string, std::int64_t> positions = loggers.synced_positions();
  std::erase_if(tensors, [](const auto& tensor) { return tensor.name.starts_with("logs/"); });
  for (const auto& [file, position] : positions)
    tensors.push_back(state::named_tensor("logs/" + file, Shape(), std::span(&position, 1)));
  const RunFolder::File file = parts_.folder.checkpoint(step);
  {
    const std::lock_guard lock(file_mutex_);
    if (written_step_ == step) return;
    state::write_safetensors(file.folder, file.name, tensors,
                             checkpoint_metadata(step, plan_digest_));
    written_step_ = step;
  }
  if (parts_.best != nullptr) parts_.best->written(step);
  told_ = false;
  remove_older(file.folder);
}

void Checkpoints::keep_weights(std::int64_t step,
                               const std::function<void(const RunFolder::File&)>& write) {
  const RunFolder::File file = parts_.folder.checkpoint(step);
  const std::lock_guard lock(file_mutex_);
  if (written_step_ != step) write(file);
}

// Removes all that are older than those that are kept, but for the best. Weights alone and damaged
// files do not count. A file of a later step is what an earlier attempt at these steps left.
void Checkpoints::remove_older(const base::Folder& folder) const {
  std::int64_t kept = 0;
  const std::optional<Best> best = parts_.best == nullptr ? std::nullopt : parts_.best->kept();
  for (const std::int64_t step : checkpoint_steps(parts_.folder.folder())) {
    if (step > written_step_) continue;
    const std::string name = checkpoint_name(step);
    if (kept >= plan_.keep) {
      if (best && best->step == step) continue;
      if (::unlinkat(folder.descriptor(), name.c_str(), 0) != 0 && errno != ENOENT)
        folder.fail(name, "cannot be removed", errno);
      continue;
    }
    try {
      if (!damaged_.contains(step) || step == written_step_)
        if (is_checkpoint(state::StoredTensors(folder, name), plan_digest_)) ++kept;
    } catch (const Error&) {
      // It is no whole file, so it does not count.
    }
  }
}

void Checkpoints::tell(std::int64_t step, const char* why) noexcept {
  if (told_.exchange(true)) return;
  try {
    parts_.failed(fmt::format("checkpoint of step {}: {}; training goes on", grouped(step), why));
  } catch (...) {
    told_ = false;
  }
}

}  // namespace assay::run
