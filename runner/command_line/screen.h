// The live view of a batch at the bottom of a terminal.
#pragma once

#include <atomic>
#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runner/batch/live.h"
#include "runner/command_line/common.h"

namespace assay::command_line {

/// Returns true if standard output and standard error are terminals on which lines can be drawn
/// anew.
bool has_screen();

/// Draws the view a few times a second, and failures above it when they happen. Each time is one
/// write, without clearing first, so nothing flickers. No mode of the terminal is changed, so
/// whatever ends the process leaves it as it was.
class Screen {
 public:
  /// Borrows all of them. `stop` is the number of the signal that has asked the batch to stop, and
  /// `answer` what the handler of SIGINT has then written (signals.h).
  Screen(const Common& common, const batch::Batch& batch, std::span<const batch::Status> statuses,
         const std::atomic<int>& stop, std::string_view answer);
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;
  /// Removes the view.
  ~Screen();

  /// Looks at the batch and draws, if the last time is long enough ago.
  void refresh();
  /// Looks for the last time, and leaves nothing but the failures.
  void finish();

 private:
  std::vector<std::string> new_failures();
  void draw(const std::vector<std::string>& above, std::vector<std::string> lines);

  const Common& common_;
  batch::Watch watch_;
  const std::atomic<int>& stop_;
  const std::string answer_;
  bool knows_of_signal_;
  std::vector<std::string> drawn_;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace assay::command_line
