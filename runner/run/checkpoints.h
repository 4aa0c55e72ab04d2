// The checkpoints of a run: its whole state at the end of a step.
//
// After all hooks of a step the state is copied, and training goes on. A mark follows the records
// of that step through the queue of the log. When the logging thread reaches it, all of them are
// written; log files are brought to the disk, and how long they are is a part of the checkpoint,
// which is then written to checkpoints/step_N.safetensors (base/atomic_file.h). The plan and the
// pictures are brought to the disk before it (unsynced_files.h). Older ones are
// removed when the new one is on the disk.
//
// After the last step the state is copied before the hooks for the end of the run as well, and is a
// part of the last checkpoint (before_end.h).
//
// A checkpoint that was written when pictures had been left out (logging/log.h) says so, and keeps
// the older ones: a run resumes from the newest checkpoint whose pictures are all there.
//
// While one is being written, another that is due by the clock is postponed to the step after; for
// one that is due at a certain step, training waits. Step 0 has none: such a run begins anew.
//
// The checkpoint with the best value (best_value.h) is one of them. It is taken when the value is
// better than all before, and kept until the checkpoint of a better one is on the disk.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "runner/logging/log.h"
#include "runner/plan/plan.h"
#include "runner/run/before_end.h"
#include "runner/run/best_value.h"
#include "runner/run/run_actions.h"
#include "runner/run/run_folder.h"
#include "runner/run/unsynced_files.h"
#include "runner/state/registry.h"
#include "runner/state/state_copy.h"

namespace assay::run {

/// Returns true if the file is a whole state, and not only a part of one, of a run of a plan with
/// one of these digests. It does not look for damage.
bool is_checkpoint(const state::StoredTensors& file, const PlanDigests& plans);

/// The facts about a run that a checkpoint has besides the state.
struct CheckpointFacts {
  std::int64_t step = 0;
  std::vector<std::string> failures;              ///< of the run so far
  std::size_t pictures_left_out = 0;              ///< since the run was asked to stop
  std::vector<std::string> pictures_of_end = {};  ///< in images/, of the hooks for the end
  /// The digests of the log files as far as they belong to the run (logs/NAME).
  std::map<std::string, std::string> log_digests = {};
};
/// The metadata of a checkpoint.
std::map<std::string, std::string> checkpoint_metadata(const CheckpointFacts& facts,
                                                       const std::string& plan_digest);
/// Reads what checkpoint_metadata() wrote, except the step. Missing parts are empty.
CheckpointFacts checkpoint_facts(const state::StoredTensors& file);

/// Throws assay::Error if the file says that it is the state of another step, or of none.
void check_step(const state::StoredTensors& file, std::int64_t step);

/// The checkpoint of a run folder from which the run can be resumed.
struct Found {
  std::optional<std::int64_t> step;                  ///< none: there is no whole checkpoint
  std::shared_ptr<const state::StoredTensors> file;  ///< open, and its checksum was right
  std::map<std::int64_t, std::string> damaged;  ///< newer ones by step, and the problem with each
  /// The step of a newer whole one that lacks pictures.
  std::optional<std::int64_t> lacks_pictures;
};

/// Looks for the newest checkpoint of one of the plans that has no damage and lacks no picture, or,
/// if all lack some, the newest without damage. Reads as many files as that takes.
Found find_checkpoint(const base::Folder& run_folder, const PlanDigests& plans);

/// Returns the step of the newest checkpoint of one of the plans. It reads only the beginnings of
/// files, so the checkpoint may be damaged.
std::optional<std::int64_t> newest_checkpoint(const base::Folder& run_folder,
                                              const PlanDigests& plans);

class Checkpoints {
 public:
  struct Parts {
    const RunFolder& folder;
    const state::Registry& state;
    logging::Log& log;
    const std::atomic<unsigned>& requests;  ///< grows with each request for a checkpoint
    StateBeforeEnd& before_end;
    UnsyncedFiles& unsynced;     ///< brought to the disk before each checkpoint
    std::function<void()> note;  ///< notes in the state what is not lent to it
    /// Returns the failures of the run so far. Called on the training thread.
    std::function<std::vector<std::string>()> failures;
    /// Receives failures, also from the logging thread.
    std::function<void(const std::string&)> failed;
    BestValue* best = nullptr;  ///< null: no checkpoint is kept for its value
  };

  /// Allocates the memory for copies if there are checkpoints while training goes on. Throws
  /// std::bad_alloc. `damaged` are the steps of files that could not be used.
  Checkpoints(const plan::CheckpointPlan& plan, PlanDigests plans, std::int64_t steps,
              std::int64_t steps_per_epoch, std::set<std::int64_t> damaged, Parts parts);
  /// Waits until the requested checkpoints are written.
  ~Checkpoints() { wait(); }
  Checkpoints(const Checkpoints&) = delete;
  Checkpoints& operator=(const Checkpoints&) = delete;

  /// Takes a checkpoint of the step if one is due, or if the value is the best so far. Call it when
  /// all hooks of the step have run. `last` says that no step follows. A failure is told and ends
  /// nothing.
  void after_step(std::int64_t step, const std::optional<double>& value, bool last) noexcept;
  /// Compares the value of the last step with the best so far, and copies the state before the
  /// hooks for the end of the run. `whole`: these may change anything. A failure is told and ends
  /// nothing.
  void before_end(const std::optional<double>& value, bool whole) noexcept;
  /// Takes the last checkpoint without a copy: nothing may change the state before the log is
  /// finished.
  void at_end(std::int64_t step);
  using WriteWeights = std::function<void(const RunFolder::File&, base::Sync)>;
  /// Writes the weights alone as the checkpoint of the step, by this function, unless the whole
  /// state of the step is there. `at_end_follows`: at_end() will replace the file, so it need not
  /// be on the disk before that.
  void keep_weights(std::int64_t step, bool at_end_follows, const WriteWeights& write);
  /// Brings the weights to the disk if nothing replaced them. Call it when the log is finished.
  void secure_weights();

 private:
  using Clock = std::chrono::steady_clock;

  bool is_due(std::int64_t step) const;
  bool is_due_by_the_clock() const;
  bool is_best(std::int64_t step, const std::optional<double>& value);
  void take(std::int64_t step);
  void mark(std::int64_t step, std::function<std::vector<state::NamedTensor>()> tensors);
  bool is_writing();
  void wait();
  void write(CheckpointFacts facts, std::vector<state::NamedTensor> tensors,
             logging::Loggers& loggers);
  void remove_older(const base::Folder& folder) const;
  void tell(std::int64_t step, const char* why) noexcept;

  const plan::CheckpointPlan plan_;
  const PlanDigests plans_;
  const std::int64_t steps_;
  const std::int64_t steps_per_epoch_;
  const std::set<std::int64_t> damaged_;
  const Parts parts_;
  std::optional<state::StateCopy> copy_;
  Clock::time_point last_ = Clock::now();
  unsigned answered_ = 0;        ///< of the requests
  std::int64_t best_step_ = -1;  ///< the last one whose value was the best

  std::mutex mutex_;
  std::condition_variable written_;
  int marks_ = 0;  ///< that the logging thread has not reached

  std::mutex file_mutex_;                     ///< held while a file is put in place
  std::int64_t written_step_ = -1;            ///< of the last whole state
  std::optional<std::int64_t> weights_step_;  ///< of weights that may not be on the disk
  std::atomic<bool> told_ = false;            ///< that checkpoints fail, and none was written since
};

}  // namespace assay::run
