// What is still said when a plugin ends the process.
#pragma once

namespace assay::command_line {

/// From now on a process that a signal of its own making kills (SIGSEGV, SIGABRT, ...), or that
/// code of a plugin ends by exit(), says on standard error which plugin's code that was and how to
/// look for the cause; an exit() of a plugin's ends it with `run_failed`. What _exit() or an
/// overflowing stack of a thread other than this one end, ends without a word. With sanitizers
/// signals are left to them.
void catch_last_words();

}  // namespace assay::command_line
