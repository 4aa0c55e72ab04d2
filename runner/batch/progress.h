// How far a run has come, from its process to whoever watches the batch: a short file,
// progress/NAME, that the run writes over in place a few times a second. It is there while a worker
// runs the run. Nothing depends on it: the truth about a run is its folder.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>

#include "runner/base/file_descriptor.h"

namespace assay::batch {

struct Progress {
  std::int64_t step = 0, total_steps = 0;
  double steps_per_second = 0;
  double loss = std::numeric_limits<double>::quiet_NaN();  ///< of the last batch
};

/// Returns NAME=VALUE for the environment of a run that writes its progress to this file.
std::string progress_entry(const std::filesystem::path& file);

/// Returns what was written last. Nothing if that is nothing yet.
std::optional<Progress> read_progress(int folder, const std::string& name);

/// Writes the progress of this process to the file that its environment names, if it names one. To
/// be used from one thread.
class ProgressFile {
 public:
  /// Takes the name out of the environment, so that other programs that this process starts do not
  /// write there.
  ProgressFile();

  /// Writes it over what is there, unless that was written a moment ago. Errors do not matter.
  void write(const Progress& progress);

 private:
  std::string path_;  ///< empty: nobody wants to know
  base::FileDescriptor file_;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace assay::batch
