// Ctrl-C, kill and a closed terminal ask a run to stop; a second one ends the process at once, and
// tells which plugin's code it was in.
#pragma once

#include <atomic>

namespace assay::command_line {

/// The number of the signal that came, or 0. Never reset.
const std::atomic<int>& stop_signal();

/// From now on SIGINT, SIGTERM and SIGHUP (unless nohup ignores it) only set stop_signal(), the
/// first time; at a terminal Ctrl-C says so on standard error. SIGPIPE is ignored. A full disk is
/// an error of the write, so SIGXFSZ is ignored, too.
void catch_signals();

}  // namespace assay::command_line
