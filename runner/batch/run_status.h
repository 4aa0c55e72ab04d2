// The state of each run of a batch, as its files show it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runner/base/file_descriptor.h"
#include "runner/batch/batch.h"
#include "runner/run/run_record.h"

namespace assay::batch {

enum class State {
  waiting,      ///< nobody has begun it
  running,      ///< a process holds its claim
  interrupted,  ///< it was begun, and goes on from its last checkpoint
  finished,
  failed
};

std::string_view name_of(State state);

/// How the last process of a run ended. Written by the worker that started it.
struct Attempt {
  std::int64_t number = 0;  ///< counted from 1
  bool failed = false;
  std::string reason;  ///< of a failure: "killed by SIGSEGV", and what the run said last
  std::string host;
  double seconds = 0;  ///< from start to end
};

struct Status {
  State state = State::waiting;
  std::string reason;  ///< why it failed, or what failed in a finished one: a hook, a logger
  std::optional<run::RunRecord> record;  ///< run.json as run/brief_record.h reads it
  std::optional<Attempt> attempt;
};

/// Opens a folder of a batch, to look up files from. Holds none if that fails.
base::FileDescriptor open_folder(const std::filesystem::path& folder);

/// Reads a file like run.json below a folder that is open, or one with an absolute path. Returns
/// false if there is none, or if it cannot be read, or is no regular file.
bool read_text(int folder, const std::string& path, std::string& text);

/// Looks at the files of a run. It takes no lock. A damaged file counts as missing, and the run
/// that it belongs to is told when it is run again.
Status status_of(const Batch& batch, const BatchRun& run);

/// Returns the state of every run, in the order of the batch.
std::vector<Status> statuses_of(const Batch& batch);

/// Returns what failed in a run that finished: the first failure and the number of others. Empty if
/// nothing did.
std::string reason_of(const run::RunRecord& finished);

/// Returns true while a worker has the right to run the run.
bool is_claimed(const Batch& batch, const BatchRun& run);

/// Writes how a process of the run ended. Throws assay::Error.
void write_attempt(const Batch& batch, const BatchRun& run, const Attempt& attempt);

/// Forgets how it ended, so that a failed run waits again. Throws assay::Error.
void forget_attempt(const Batch& batch, const BatchRun& run);

/// The right to run a run: a lock on its plan, which ends with the process that has it. File
/// systems of clusters have these locks (fcntl), too.
class Claim {
 public:
  /// Returns nothing if another process has it. Throws assay::Error where it cannot be taken at
  /// all: no such file, or a file system without locks.
  static std::optional<Claim> take(const Batch& batch, const BatchRun& run);

 private:
  explicit Claim(base::FileDescriptor file) : file_(std::move(file)) {}
  base::FileDescriptor file_;
};

}  // namespace assay::batch
