// A batch: many runs, each frozen as a plan before the first one starts. It is a folder:
//
//   batch.json     what the batch consists of; written once
//   plans/         NAME.yaml, the plan of each run; whoever runs it holds a lock on this file
//   runs/          NAME/, the run folders
//   logs/          NAME.txt, what the process of a run printed
//   attempts/      NAME.json, how the processes of a run ended
//   progress/      NAME, how far a run has come that runs now (progress.h)
//   table.csv      the results; the same to the byte, whatever the order in which the runs ended
//   runs.csv       what differs from time to time: times, threads, attempts, folders
//   workers.json   the launcher that was chosen, and workers that outlast their host (workers.h)
//
// The truth about a run is its folder, and nothing else decides anything, so any number of
// processes on any number of machines may work on a batch, and any of them may be killed.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "runner/base/folder.h"
#include "runner/batch/run_key.h"
#include "runner/batch/sweep.h"

namespace assay::batch {

struct BatchRun {
  std::string name;    ///< of its files; says what varies
  std::string config;  ///< as it was given
  RunKey key;
  Point point;  ///< the settings that vary, in the order of the arguments
  /// The folder of a run of an earlier batch with the same key, which was finished when this batch
  /// was frozen. Empty: the run is this batch's own, also because that folder is gone.
  std::string done_in;
  /// Why it is run although an earlier batch has a run of this name: "the data changed since
  /// batches/digits/20261130-141500". Empty if none has.
  std::string again;
  std::vector<std::string> same;   ///< further points, in words, that lead to this very run
  bool sets_threads = false;       ///< its plan says how many threads it may use
  std::vector<std::size_t> files;  ///< that its key comes from: places in Batch::files
};

struct Batch {
  std::string name;
  std::string created;                     ///< as in 2026-11-30T14:15:00Z
  std::vector<std::string> arguments;      ///< configs and settings, as they were given
  std::vector<std::string> keys;           ///< that are swept, in order
  std::vector<std::string> plugin_path;    ///< folders, absolute
  std::vector<run::DataFileRecord> files;  ///< data and plugins, as they were when it was frozen
  std::vector<BatchRun> runs;
  std::filesystem::path folder;  ///< not written; where it was read or made
};

/// Returns the files of a run's key that have changed since the batch was frozen. Reads only those
/// that were touched. Missing ones are left out: the run tells that.
std::vector<std::string> changed_files(const Batch& batch, const BatchRun& run);

/// Returns the path of a file or folder of a run: plans/NAME.yaml, runs/NAME, ...
std::filesystem::path plan_of(const Batch& batch, const BatchRun& run);
std::filesystem::path folder_of(const Batch& batch, const BatchRun& run);
std::filesystem::path log_of(const Batch& batch, const BatchRun& run);
std::filesystem::path progress_of(const Batch& batch, const BatchRun& run);

/// Writes batch.json, which makes the folder a batch. Throws assay::Error.
void write_batch(const base::Folder& folder, const Batch& batch);

/// Reads it. Throws assay::Error, with the path, where the folder is no batch.
Batch read_batch(const std::filesystem::path& folder);

}  // namespace assay::batch
