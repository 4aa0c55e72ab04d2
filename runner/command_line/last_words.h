// What is still said when a plugin ends the process.
#pragma once

namespace assay::command_line {

/// From now on a process that a signal of its own making kills (SIGSEGV, SIGABRT, ...), or that
/// exit() ends though main() has not returned, says on standard error which plugin's code that was
/// and how to look for the cause, as an object with `json` (report.h); such an exit() ends it with
/// `run_failed`. What _exit(), or an overflowing stack of a thread other than this one, ends, ends
/// without a word. With sanitizers signals are left to them.
void catch_last_words(bool json);

/// Lives in main(): an exit() during its life is not main's return.
class MainRuns {
 public:
  MainRuns();
  ~MainRuns();
  MainRuns(const MainRuns&) = delete;
  MainRuns& operator=(const MainRuns&) = delete;
};

}  // namespace assay::command_line
