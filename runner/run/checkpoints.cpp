#include "runner/run/checkpoints.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <exception>
#include <nlohmann/json.hpp>
#include <utility>

#include "assay/error.h"
#include "assay/number_text.h"
#include "runner/base/json_text.h"
#include "runner/base/utf8.h"
#include "runner/run/run_actions.h"

namespace assay::run {
namespace {

constexpr const char* format = "assay state";

using Metadata = std::map<std::string, std::string>;

void put_list(Metadata& metadata, const char* key, const std::vector<std::string>& list) {
  if (list.empty()) return;
  base::JsonText json(base::JsonText::Layout::compact);
  json.value(list);
  metadata[key] = json.text();
}

// Returns the list that put_list() wrote; nothing for other text.
std::vector<std::string> list_in(const Metadata& metadata, const char* key) {
  std::vector<std::string> list;
  const auto found = metadata.find(key);
  if (found == metadata.end()) return list;
  const auto json = nlohmann::json::parse(found->second, nullptr, false);
  if (json.is_array())
    for (const auto& text : json)
      if (text.is_string()) list.push_back(text.get<std::string>());
  return list;
}

void put_map(Metadata& metadata, const char* key, const std::map<std::string, std::string>& map) {
  if (map.empty()) return;
  base::JsonText json(base::JsonText::Layout::compact);
  json.begin_object();
  for (const auto& [name, value] : map) json.field(name, value);
  json.end_object();
  metadata[key] = json.text();
}

// Returns what put_map() wrote; nothing for other text.
std::map<std::string, std::string> map_in(const Metadata& metadata, const char* key) {
  std::map<std::string, std::string> map;
  const auto found = metadata.find(key);
  if (found == metadata.end()) return map;
  const auto json = nlohmann::json::parse(found->second, nullptr, false);
  if (json.is_object())
    for (const auto& [name, value] : json.items())
      if (value.is_string()) map[name] = value.get<std::string>();
  return map;
}

}  // namespace

bool is_checkpoint(const state::StoredTensors& file, const PlanDigests& plans) {
  const auto& metadata = file.header().metadata;
  const auto found = metadata.find("format");
  return found != metadata.end() && found->second == format && is_of_plan(file, plans);
}

std::map<std::string, std::string> checkpoint_metadata(const CheckpointFacts& facts,
                                                       const std::string& plan_digest) {
  std::map<std::string, std::string> metadata = {
      {"format", format}, {"step", std::to_string(facts.step)}, {plan_digest_key, plan_digest}};
  put_list(metadata, "failures", facts.failures);
  put_list(metadata, "pictures_of_end", facts.pictures_of_end);
  put_map(metadata, "log_digests", facts.log_digests);
  if (facts.pictures_left_out > 0)
    metadata["pictures_left_out"] = std::to_string(facts.pictures_left_out);
  return metadata;
}

CheckpointFacts checkpoint_facts(const state::StoredTensors& file) {
  CheckpointFacts facts;
  const auto& metadata = file.header().metadata;
  facts.failures = list_in(metadata, "failures");
  facts.pictures_of_end = list_in(metadata, "pictures_of_end");
  facts.log_digests = map_in(metadata, "log_digests");
  if (const auto found = metadata.find("pictures_left_out"); found != metadata.end()) {
    const std::string& text = found->second;
    std::from_chars(text.data(), text.data() + text.size(), facts.pictures_left_out);
  }
  return facts;
}

void check_step(const state::StoredTensors& file, std::int64_t step) {
  const auto& metadata = file.header().metadata;
  const auto found = metadata.find("step");
  if (found == metadata.end())
    throw Error(fmt::format("{}: it does not say of which step it is", file.path()));
  if (found->second != std::to_string(step))
    throw Error(fmt::format("{}: it is the state of step {}, not of step {} as its name says",
                            file.path(), base::one_line(found->second), step));
}

Found find_checkpoint(const base::Folder& run_folder, const PlanDigests& plans) {
  Found found;
  const std::vector<std::int64_t> steps = checkpoint_steps(run_folder);
  if (steps.empty()) return found;
  const base::Folder folder = run_folder.existing_subfolder("checkpoints");
  for (const std::int64_t step : steps) try {
      auto file = std::make_shared<const state::StoredTensors>(folder, checkpoint_name(step));
      const bool has_checksum = file->verify();
      check_step(*file, step);
      if (!has_checksum || !is_checkpoint(*file, plans)) continue;
      const bool lacks_pictures = checkpoint_facts(*file).pictures_left_out > 0;
      if (found.step && lacks_pictures) continue;
      if (found.step) found.lacks_pictures = found.step;
      found.step = step;
      found.file = std::move(file);
      if (!lacks_pictures) return found;
    } catch (const Error& error) {
      // An older one than the one that was found is only needed for its pictures.
      if (!found.step) found.damaged.emplace(step, error.what());
    }
  return found;
}

std::optional<std::int64_t> newest_checkpoint(const base::Folder& run_folder,
                                              const PlanDigests& plans) {
  for (const std::int64_t step : checkpoint_steps(run_folder)) try {
      const base::Folder folder = run_folder.existing_subfolder("checkpoints");
      const state::StoredTensors file(folder, checkpoint_name(step));
      check_step(file, step);
      if (is_checkpoint(file, plans)) return step;
    } catch (const Error&) {
      // The resumed run reports what is wrong with it, and uses the one before.
    }
  return std::nullopt;
}

Checkpoints::Checkpoints(const plan::CheckpointPlan& plan, PlanDigests plans, std::int64_t steps,
                         std::int64_t steps_per_epoch, std::set<std::int64_t> damaged, Parts parts)
    : plan_(plan),
      plans_(std::move(plans)),
      steps_(steps),
      steps_per_epoch_(steps_per_epoch),
      damaged_(std::move(damaged)),
      parts_(std::move(parts)),
      answered_(parts_.requests.load()) {
  if (plan_.while_training()) copy_.emplace(parts_.state);
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
    const bool best = is_best(step, value);
    if (last && plan_.at_end) return;
    const bool due = best || is_due(step);
    if (!due && (!is_due_by_the_clock() || is_writing())) return;
    wait();
    take(step);
  } catch (const std::exception& error) {
    tell(step, error.what());
  }
}

// Returns true if the value of the step is the best so far. The last step may ask twice.
bool Checkpoints::is_best(std::int64_t step, const std::optional<double>& value) {
  if (parts_.best == nullptr || !value) return false;
  if (best_step_ != step && parts_.best->offer(step, *value)) best_step_ = step;
  return best_step_ == step;
}

void Checkpoints::take(std::int64_t step) {
  answered_ = parts_.requests.load();
  last_ = Clock::now();
  parts_.note();
  if (copy_) {
    copy_->take(parts_.state);
    return mark(step, [this] { return copy_->tensors(); });
  }
  mark(step, [this] { return parts_.state.stored_tensors(); });
  wait();
}

void Checkpoints::before_end(const std::optional<double>& value, bool whole) noexcept {
  try {
    static_cast<void>(is_best(steps_, value));
    parts_.note();
    parts_.before_end.take(parts_.state, whole);
    const auto note_files = [this](logging::Loggers& loggers) {
      loggers.each([](Logger& logger) { logger.flush(); });
      parts_.before_end.set_files(loggers.positions(), parts_.folder.images());
    };
    parts_.log.mark(note_files, logging::Log::When::in_turn);
  } catch (const std::exception& error) {
    tell(steps_, error.what());
  }
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
    CheckpointFacts facts{step, parts_.failures(), 0};
    parts_.log.mark([this, step, facts = std::move(facts), tensors = std::move(tensors),
                     done](logging::Loggers& loggers) {
      try {
        write(facts, tensors(), loggers);
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
void Checkpoints::write(CheckpointFacts facts, std::vector<state::NamedTensor> tensors,
                        logging::Loggers& loggers) {
  const std::int64_t step = facts.step;
  facts.failures.insert(facts.failures.end(), loggers.failures().begin(), loggers.failures().end());
  facts.pictures_left_out = parts_.log.dropped_pictures();
  parts_.unsynced.bring_to_disk();
  const std::map<std::string, std::int64_t> positions = loggers.synced_positions();
  facts.log_digests = loggers.digests();
  std::erase_if(tensors, [](const auto& tensor) { return tensor.name.starts_with("logs/"); });
  for (const auto& [file, position] : positions)
    tensors.push_back(state::named_tensor("logs/" + file, Shape(), std::span(&position, 1)));
  if (step == steps_) {
    for (state::NamedTensor& earlier : parts_.before_end.tensors(tensors))
      tensors.push_back(std::move(earlier));
    facts.pictures_of_end = parts_.before_end.pictures_since(parts_.folder.images());
  }
  const RunFolder::File file = parts_.folder.checkpoint(step);
  {
    const std::lock_guard lock(file_mutex_);
    if (written_step_ == step) return;
    state::write_safetensors(file.folder, file.name, tensors,
                             checkpoint_metadata(facts, plans_.front()));
    written_step_ = step;
  }
  if (parts_.best != nullptr) parts_.best->written(step);
  told_ = false;
  if (facts.pictures_left_out == 0) remove_older(file.folder);
}

void Checkpoints::keep_weights(std::int64_t step, bool at_end_follows, const WriteWeights& write) {
  const RunFolder::File file = parts_.folder.checkpoint(step);
  const bool later = at_end_follows && plan_.at_end && step > 0;
  const std::lock_guard lock(file_mutex_);
  if (written_step_ == step) return;
  write(file, later ? base::Sync::later : base::Sync::now);
  if (later) weights_step_ = step;
}

void Checkpoints::secure_weights() {
  if (!weights_step_) return;
  const std::int64_t step = *std::exchange(weights_step_, std::nullopt);
  const std::lock_guard lock(file_mutex_);
  if (written_step_ == step) return;
  const RunFolder::File file = parts_.folder.checkpoint(step);
  base::bring_to_disk(file.folder, file.name);
  file.folder.sync();
}

// Removes all that are older than those that are kept, except the best. Weights alone and damaged
// files do not count. A checkpoint of a later step was left by an earlier attempt at these steps:
// it is removed as well, since the log files are not those that it knows.
void Checkpoints::remove_older(const base::Folder& folder) const {
  std::int64_t kept = 0;
  const std::optional<Best> best = parts_.best == nullptr ? std::nullopt : parts_.best->kept();
  const auto is_whole = [&](const std::string& name) {
    try {
      return is_checkpoint(state::StoredTensors(folder, name), plans_);
    } catch (const Error&) {
      return false;
    }
  };
  for (const std::int64_t step : checkpoint_steps(parts_.folder.folder())) {
    const std::string name = checkpoint_name(step);
    const bool is_best = best && best->step == step;
    if (step > written_step_ ? is_whole(name) : kept >= plan_.keep && !is_best) {
      if (::unlinkat(folder.descriptor(), name.c_str(), 0) != 0 && errno != ENOENT)
        folder.fail(name, "cannot be removed", errno);
    } else if (step == written_step_ || (!damaged_.contains(step) && is_whole(name))) {
      ++kept;
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
