// run.json: what was run, where, with which versions, and how it ended. It is written when a run
// begins, every few seconds while it lives, and when it ends.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "runner/base/atomic_file.h"
#include "runner/base/folder.h"
#include "runner/base/git_state.h"
#include "runner/base/reserved_file.h"
#include "runner/run/best_value.h"
#include "runner/run/data_digests.h"
#include "runner/run/run_actions.h"
#include "runner/run/run_folder.h"
#include "runner/run/scalars.h"

namespace assay::run {

struct RunRecord {
  struct Plugin {
    std::string name, version, file, digest;
  };
  /// A time at which the run was resumed as a different run.
  struct Change {
    std::int64_t after_step = 0;  ///< where it continued
    std::chrono::system_clock::time_point time;
    std::vector<std::string> settings;  ///< `key=value` of the command line
    std::vector<std::string> accepted;  ///< differences that --force accepted
    std::string former_plan_digest;
    std::int64_t former_total_steps = 0;
  };

  std::string name;
  std::vector<std::string> overrides;  ///< `key=value` of the command line
  std::string state;                   ///< running, finished, stopped, failed
  bool locked = true;                  ///< the run holds the lock of its folder while it lives
  std::string reason;                  ///< why it stopped or failed
  /// False in the record that is written when training has ended but the loggers are not closed
  /// yet. If this is the last record of a run, the run was ended from outside.
  bool complete = true;
  std::vector<std::string> log_files;  ///< that loggers have made
  /// Their lengths, which are known when the loggers are closed.
  std::map<std::string, std::int64_t> log_bytes;
  std::map<std::string, std::string> log_digests;  ///< of these bytes (base/digest.h)
  /// The digests of the files that the run writes when it begins, and that stay as they are:
  /// plan.yaml, config.yaml, config/..., data.json.
  std::map<std::string, std::string> files;
  std::chrono::system_clock::time_point start;
  std::optional<std::chrono::system_clock::time_point> end;
  std::string updated;  ///< when a running run last wrote its record; known only from the file
  std::string version;  ///< of assay
  std::string sdk;
  std::string kernels;  ///< the instruction set that components were told to use
  std::uint64_t seed = 0;
  std::int64_t threads = 0;  ///< the maximum
  std::int64_t lanes = 0;
  std::int64_t block_rows = 0;
  std::string plan_digest;  ///< of everything that determines the result (plan/canonical.h)
  /// The values of the plan that determine the result, as in plan.yaml, by their full keys.
  std::map<std::string, std::string> plan;
  std::vector<Change> changes;
  std::vector<DataFileRecord> data;
  std::vector<Plugin> plugins;
  /// A file that decides the result, with the digest of its content.
  struct Content {
    std::string file, digest;
  };
  std::optional<Content> initial_weights;  ///< that the model began with
  std::optional<Best> best;                ///< by which a checkpoint is kept
  std::int64_t steps = 0;                  ///< finished
  std::int64_t total_steps = 0;
  double training_seconds = 0;
  double mean_threads = 0;  ///< the mean number of working threads over the time of the training
  double waited_for_logging_seconds = 0;
  std::map<std::string, double> final_values;  ///< last value of each scalar tag
  Scalars scalars;                             ///< of those that had a number
  std::string weights_digest;
  std::vector<std::string> failures;  ///< of loggers and hooks during the run
  std::optional<base::GitState> git;  ///< of the working folder
  /// It was read from a text that is not the one that its checksum was taken of. Whoever changes a
  /// record on purpose leaves the checksum out.
  bool altered = false;
};

/// The words for such a record.
inline constexpr const char* altered_record =
    "its text is not the one that its checksum was taken of, so it was changed or damaged";

/// run.json in a run folder. May be used from any thread. From the first write on it reserves room
/// for the last record (base/reserved_file.h), so that a full disk does not leave a record that
/// says "running".
class RecordFile {
 public:
  /// Borrows the folder.
  explicit RecordFile(const base::Folder& run_folder) : file_(run_folder, "run.json") {}

  /// Replaces the content of the file. Drops a late record of a running run, after that of an ended
  /// one. Returns false if only a shortened record could be written: without overrides, final
  /// values, scalars, digests of files, plan, data and plugins, and with the first failures only.
  /// Throws assay::Error if nothing could be written.
  [[nodiscard]] bool write(const RunRecord& record, base::Sync sync);

 private:
  std::mutex mutex_;
  base::ReservedFile file_;
  bool ended_ = false;
};

/// Returns the digests of the plans that the run has had.
PlanDigests plan_digests(const RunRecord& record);

/// Reads run.json in a run folder. Ignores fields that a later version added, and leaves fields
/// that an earlier one lacks as in an empty record. Throws assay::Error, with the path, if the file
/// cannot be read or is not a record.
RunRecord read_record(const base::Folder& run_folder);

/// Returns true if the text of run.json has a checksum, `checksum`, that is right: the XXH3-128 of
/// the text without blanks at its end, with zeros in the place of the checksum's own digits.
/// read_record() does not check it, since people may change a record.
bool has_its_checksum(const std::string& text);

/// The state of a run, as its folder shows it.
struct RunState {
  RunRecord record;
  /// A run with the state "running" whose lock nobody holds was ended from outside: it was killed,
  /// or its machine stopped. Unknown if the file system has no locks.
  Lock lock = Lock::unknown;
};

/// Reads run.json and checks the lock. Throws assay::Error as read_record() does.
RunState read_run_state(const std::filesystem::path& run_folder);

}  // namespace assay::run
