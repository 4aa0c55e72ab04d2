// A batch while it runs, as a person at a terminal sees it: a line for each run that goes, and one
// for all together.
#pragma once

#include <dirent.h>
#include <sys/types.h>
#include <time.h>

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runner/base/file_descriptor.h"
#include "runner/batch/batch.h"
#include "runner/batch/progress.h"
#include "runner/batch/run_status.h"

namespace assay::batch {

/// The state of a batch at one moment, as the screen shows it.
struct View {
  struct Running {
    std::string name;
    std::optional<Progress> progress;  ///< nothing while it starts
  };
  std::vector<Running> running;  ///< in the order of the batch
  std::size_t runs = 0;          ///< of the whole batch
  std::size_t finished = 0;
  std::size_t failed = 0;
  std::optional<double> seconds_left;  ///< for all of them, if that can be told yet
  bool is_stopping = false;
};

/// Returns the view as lines for a terminal of this size. A line is at least one column shorter
/// than the terminal, and the last one three, so that the "^C" of a terminal fits behind it. What
/// does not fit is left out, the least important first; names lose their beginning.
std::vector<std::string> lines_of(const View& view, int columns, int rows);

/// Follows a batch by its files, whoever works on it, on whichever machine. A look costs
/// milliseconds, also where the batch has thousands of runs.
class Watch {
 public:
  /// Borrows the batch. `statuses` are those of the present moment.
  Watch(const Batch& batch, std::span<const Status> statuses);

  struct Ended {
    const BatchRun* run;
    Status status;
  };
  /// Looks again. Returns the runs that have ended since the last look.
  std::vector<Ended> look();

  /// Returns what the last look has seen.
  const View& view() const { return view_; }

 private:
  std::optional<std::size_t> place_of_attempt(std::string_view file) const;
  void look_for_ends(std::vector<Ended>& ended);
  void look_for_progress();
  void estimate();

  const Batch& batch_;
  std::unordered_map<std::string_view, std::size_t> places_;  ///< in the batch, by name
  std::vector<State> states_;
  std::map<std::size_t, ino_t> attempts_;   ///< by place; a new attempt is another file
  std::map<std::size_t, double> begun_at_;  ///< the part of a run that was done when first seen
  std::map<std::size_t, double> parts_;     ///< of the runs that go, that are done
  base::FileDescriptor attempts_folder_, progress_folder_;
  timespec attempts_changed_{};
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  double done_ = 0;  ///< runs, in parts, that have ended since the start
  View view_;
};

}  // namespace assay::batch
