// Ctrl-C, kill and a closed terminal ask a run to stop. A second Ctrl-C or kill ends the process at
// once, and reports which plugin's code it was in; within 50 ms of the first it counts as the same
// one. A closing terminal sends its signal twice, so that signal never ends the process. SIGUSR1, SIGUSR2 and SIGXCPU, which clusters send before the
// time is up, ask for a checkpoint.
#pragma once

#include <sys/types.h>

#include <atomic>

namespace assay::command_line {

/// Returns the number of the signal that came, or 0. It is never reset.
const std::atomic<int>& stop_signal();

/// Returns how many signals that ask for a checkpoint came.
const std::atomic<unsigned>& checkpoint_requests();

/// Catches SIGINT, SIGTERM and SIGHUP (unless nohup ignores it) from now on. Until
/// answer_interrupts_with() is called they end the process, which has nothing to lose yet. SIGUSR1,
/// SIGUSR2 and SIGXCPU are counted. Ignores SIGPIPE. Also ignores SIGXFSZ, so that a file at its
/// size limit is an error of the write.
void catch_signals();

/// Makes the first signal, from now on, only set stop_signal(). On a terminal Ctrl-C is answered at
/// once, on standard error, with this text. It says what the program does before it ends, such as
/// "stopping after this step". The text is borrowed forever, so it must be a literal. An empty
/// one leaves the answer to whoever sends the signal on.
void answer_interrupts_with(const char* text);

/// Kills the processes of this group when a signal ends this process. 0 means none.
void end_together_with(pid_t group);

}  // namespace assay::command_line
