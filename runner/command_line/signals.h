// Ctrl-C and kill ask a run to stop; a second one ends the process at once.
#pragma once

#include <atomic>

namespace assay::command_line {

/// The number of the signal that came, or 0. Never reset.
const std::atomic<int>& stop_signal();

/// From now on SIGINT and SIGTERM only set stop_signal(), once each; SIGPIPE is ignored. A full
/// disk is an error of the write, so SIGXFSZ is ignored, too.
void catch_signals();

}  // namespace assay::command_line
