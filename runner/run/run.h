// A run: one execution of a plan, in a folder of its own.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "runner/base/atomic_file.h"
#include "runner/base/git_state.h"
#include "runner/base/mapped_file_loss.h"
#include "runner/config/diagnostics.h"
#include "runner/hooks/hooks.h"
#include "runner/logging/log.h"
#include "runner/plugin_host/plugin_host.h"
#include "runner/plugin_host/process_state.h"
#include "runner/run/before_end.h"
#include "runner/run/checkpoints.h"
#include "runner/run/data_digests.h"
#include "runner/run/guarded_listener.h"
#include "runner/run/listener.h"
#include "runner/run/opening.h"
#include "runner/run/prepared.h"
#include "runner/run/run_actions.h"
#include "runner/run/run_folder.h"
#include "runner/run/run_log.h"
#include "runner/run/run_record.h"
#include "runner/run/scalars.h"
#include "runner/run/trainer.h"
#include "runner/run/unsynced_files.h"
#include "runner/state/registry.h"

namespace assay::run {

/// The things that a run is given. It borrows all of them, and they outlive it. A host has one run
/// at a time; the record of a later one lists the libraries of those before, too.
struct Surroundings {
  plugin_host::PluginHost& host;
  Listener& listener;
  base::GitQuery& git;
  const std::atomic<int>& stop_signal;  ///< the number of the signal that asks it to stop, or 0
  const std::atomic<unsigned>&
      checkpoint_requests;  ///< grows with each signal that asks for a checkpoint
};

/// The facts about the start of a run that its record needs.
struct Beginning {
  std::chrono::system_clock::time_point start;
  std::vector<std::string> overrides;  ///< `key=value` of the command line
  std::string warnings;                ///< those that were reported before
};

/// The ways in which a run ends.
enum class Ending {
  done,           ///< trained to the end, and everything is written
  partly_failed,  ///< trained to the end, but something on the way failed
  stopped,        ///< by a signal; the state so far is saved
  failed,         ///< not trained to the end, or the weights are lost
};

class Run {
 public:
  /// Begins a run in the folder that was made for it: writes plan.yaml, config.yaml, data.json and
  /// run.json, and tells what is run. Throws if that fails; the folder is removed then.
  static std::unique_ptr<Run> create(Prepared prepared, RunFolder folder,
                                     const Surroundings& surroundings, const Beginning& beginning);

  /// Continues the run of a folder, with the plan in it and with the kernels that it began with,
  /// from the checkpoint that was found. The settings may make it longer. Returns nothing if the
  /// plan can no longer be run, which is reported. Throws Refused (same_run.h) if the run would be
  /// another one: plan, kernels, lanes, blocks, data or plugins are not those that it began with,
  /// or a schedule or hook depends on its length. Throws assay::Error if the folder is not a run's,
  /// if it cannot be written, if another process writes to it, if nothing is left to train, or if
  /// the checkpoint is another plan's. The folder stays as it is then.
  static std::unique_ptr<Run> open(const std::filesystem::path& folder,
                                   const Surroundings& surroundings,
                                   config::Diagnostics& diagnostics, GoingOn how = {});
  /// Continues the run of a folder with a plan that was prepared for it (prepare()). Throws as
  /// above.
  static std::unique_ptr<Run> open(Prepared prepared, RunFolder folder,
                                   const Surroundings& surroundings, const std::string& warnings,
                                   GoingOn how = {});

  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  const RunFolder& folder() const { return folder_; }
  const RunRecord& record() const { return record_; }

  /// Returns the whole state of the run (state/registry.h). Lent values are as the last step left
  /// them; positions of files, last values and owners of tags are those of the end of train().
  const state::Registry& state() const { return state_; }
  /// Writes all of it to a file of a folder, as a checkpoint has it. Throws assay::Error.
  void write_state(const base::Folder& folder, std::string_view name) const;
  /// Restores a state that a run of this plan wrote, before train(). Throws assay::Error, and
  /// changes nothing, if the file is damaged or is another plan's.
  void restore(const std::filesystem::path& file);
  /// Trains from the step in the state to the end, and writes everything that a run leaves. Errors
  /// in any part are told and recorded, and the parts after it are done all the same. Call it once.
  Ending train();

  /// Notes that something is lost which the run should have written, such as a line on a terminal
  /// that is gone. May be called from any thread.
  void lost(const std::string& message);

 private:
  Run(Prepared prepared, RunFolder&& folder, const Surroundings& surroundings, RunRecord record,
      logging::Paint paint, bool goes_on);
  void write_plan();
  void tell_beginning(const std::string& warnings);
  void lend_state();
  bool replace_plan();
  std::vector<std::string> altered_logs(const state::StoredTensors& checkpoint) const;
  std::vector<std::string> restore(const state::StoredTensors& file, bool what_fits);
  void take_up(const GoingOn& how, const RunRecord& before,
               const std::vector<std::string>& accepted, const std::string& warnings);
  void tell_where(const GoingOn& how);

  // The parts of train(), in their order.
  void train_to_the_end();
  void save(Checkpoints& checkpoints);
  void record_result();
  void ask_git();
  void write_record(base::Sync sync);
  void print_result();
  void close_log();
  Ending ending() const;

  std::vector<std::string> failures_so_far(const hooks::Hooks& hooks);
  void note_state(const logging::Log& log, const hooks::Hooks& hooks);
  void note_positions(const logging::Log& log);
  void undo_changes(const plugin_host::ProcessState& state);
  void note_changes(const base::MappedFileWatch& watch);
  void note_dropped(std::size_t pictures);
  void update(RunRecord record, const logging::State& state);

  logging::Notices notices();
  std::vector<state::NamedTensor> weights() const;
  std::vector<state::NamedTensor> buffers() const;

  void say(const Listener::Lines& lines);
  void report(const std::string& message, config::Severity severity = config::Severity::error);
  void open_log();
  void write_log(const std::string& text);
  void collect_lost();
  template <class Part>
  void attempt(std::string_view name, Part&& part) noexcept;
  void fail(std::string_view part, std::string_view what) noexcept;

  GuardedListener listener_;
  const Surroundings around_;  ///< with that listener
  const plan::Plan plan_;
  experiment::Experiment experiment_;
  RunFolder folder_;
  logging::Paint paint_;
  std::optional<RunLog> run_log_;
  RunRecord record_;
  RecordFile record_file_;
  UnsyncedFiles unsynced_;
  state::Registry state_;
  RunActions actions_;
  TrainingState training_;
  std::optional<BestValue> best_;  ///< while it trains and after that
  StateBeforeEnd before_end_;
  std::optional<ShownValues> shown_values_;   ///< while it trains and after that
  std::vector<std::string> obsolete_images_;  ///< of the end that a longer run had before
  std::optional<DataDigests> data_;           ///< taken while the run trains
  Result result_{.outcome = Outcome::failed, .reason = {}};
  std::set<std::int64_t> damaged_;     ///< the steps of checkpoints that could not be used
  const bool goes_on_;                 ///< in the folder that it has
  std::unique_ptr<std::byte[]> held_;  ///< memory that the end of the run may need
  std::size_t failures_before_ = 0;    ///< of the record, when this run began or was opened
  double seconds_before_ = 0;          ///< of training
  bool has_begun_ = false;             ///< train() was called
  bool is_trained_ = false;
  bool is_saved_ = false;
  bool weights_kept_ = false;
  bool pictures_dropped_ = false;
  bool failed_ = false;         ///< a part of the work threw something
  bool update_failed_ = false;  ///< the logging thread's own
  std::mutex lost_mutex_;
  std::vector<std::string> lost_;
  std::vector<std::string> log_files_;  ///< guarded by lost_mutex_, as lost_ is
  std::set<std::string> told_changes_;
};

}  // namespace assay::run
