// Checks a log file of a run: the framing of its records, its length, and its bytes.
//
// Loggers are plugins, so nothing here knows which of them wrote a file. A file whose name ends in
// .jsonl is JSON Lines, and one whose name holds `tfevents` is an event file: that is how
// TensorBoard finds them, too. Of every log file the run itself notes how many bytes belong to it,
// and their digest: in each checkpoint, and in run.json when the loggers are closed.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "runner/base/regular_file.h"
#include "runner/verify/run_files.h"
#include "runner/verify/whole_part.h"

namespace assay::verify {

bool is_json_lines(const std::string& name);
bool is_event_file(const std::string& name);

/// Holds what a file of the run says of a log file.
struct LogEnd {
  std::string who;  ///< "run.json", "the checkpoint of step 12"
  std::int64_t bytes = 0;
  std::string digest;  ///< of these bytes; empty if it is not known
};

/// Says how far a file of records is whole. `noun` names one of them.
Finding finding_of(const WholePart& part, const char* noun, bool is_running);

/// Checks the whole file. Throws assay::Error if it cannot be read.
Finding check_log_file(const base::RegularFile& file, const std::string& name,
                       std::span<const LogEnd> ends, bool is_running);

}  // namespace assay::verify
