// The report of a plugin that ends the process.
#pragma once

namespace assay::command_line {

/// Makes the process report on standard error, from now on, which plugin's code ended it, and how
/// to look for the cause. This holds for a signal of its own making (SIGSEGV, SIGABRT, ...), and
/// for exit() before main() has returned, which then ends it with `run_failed`. With `json` the
/// report is an object (report.h). There is no report after _exit(), or after a stack overflow in a
/// thread other than this one. With sanitizers, the sanitizers handle the signals.
void catch_last_words(bool json);

/// Lives in main(): exit() during its life means that main has not returned.
class MainRuns {
 public:
  MainRuns();
  ~MainRuns();
  MainRuns(const MainRuns&) = delete;
  MainRuns& operator=(const MainRuns&) = delete;
};

}  // namespace assay::command_line
