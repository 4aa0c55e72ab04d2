// Ctrl-C, kill and a closed terminal ask a run to stop; a second Ctrl-C or kill ends the process at
// once, and tells which plugin's code it was in. A terminal that closes sends its signal twice, so
// that one never does.
#pragma once

#include <sys/types.h>

#include <atomic>

namespace assay::command_line {

/// The number of the signal that came, or 0. Never reset.
const std::atomic<int>& stop_signal();

/// Catches SIGINT, SIGTERM and SIGHUP (unless nohup ignores it) from now on. Until
/// answer_interrupts_with() is called they end the process, which has nothing to lose yet. SIGPIPE
/// is ignored. A full disk is an error of the write, so SIGXFSZ is ignored, too.
void catch_signals();

/// From now on the first signal only sets stop_signal(). At a terminal Ctrl-C is answered at once,
/// on standard error, with this text: what the program does before it ends, such as "stopping after
/// this step". The text is borrowed for good, so it is a literal.
void answer_interrupts_with(const char* text);

/// The processes of this group are killed when a signal ends this process. 0: there are none.
void end_together_with(pid_t group);

}  // namespace assay::command_line
