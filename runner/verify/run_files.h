// Checks every file of a run folder: which are whole, which are damaged, and what can still be
// used.
//
//   run.json       its checksum
//   plan.yaml      is it the plan whose digest run.json has, and the text
//   config.yaml    can it be read as a config, and is it the text whose digest run.json has; so
//                  those in config/ and data.json
//   log.txt        lines of text
//   checkpoints/   checksums, and digests of the plan and of the last weights
//   images/        pictures (picture_file.h)
//   log files      as long as the newest whole checkpoint and the end of the run need them, with
//   the
//                  bytes whose digests these have (log_check.h)
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runner/plugin_host/plugin_host.h"

namespace assay::verify {

enum class Condition {
  whole,
  growing,  ///< a process writes to it, and its last record is not complete yet
  damaged,
  missing,
  unchecked,  ///< the thing to compare it with is missing
  left_over,  ///< a temporary file of a process that was killed
  foreign,    ///< not a file of a run
};
/// Returns the condition in words: "whole", "being written", "not checked", ...
std::string_view name_of(Condition condition);

struct Finding {
  std::string file;  ///< its path in the run folder
  Condition condition = Condition::whole;
  std::string about;                      ///< in one line; may be empty
  std::optional<std::uint64_t> whole_to;  ///< of a file that is not whole: the bytes before damage
};

struct Findings {
  std::vector<Finding> files;
  std::optional<std::int64_t> newest;  ///< the step of the newest whole checkpoint
  bool is_running = false;             ///< a process writes to the folder
  bool is_finished = false;            ///< nothing is left to train
  /// The run can be resumed from the newest whole checkpoint, as far as its files show.
  bool can_go_on = false;

  /// Returns true if nothing is damaged, missing or unchecked.
  bool all_whole() const;
};

/// Checks all files, and changes none. It makes the model of the plan to compare its weights, as
/// `assay describe` does. Throws assay::Error if the folder cannot be read.
Findings check_run_files(const std::filesystem::path& run_folder, plugin_host::PluginHost& host);

}  // namespace assay::verify
