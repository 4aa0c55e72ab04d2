// Threads that a plugin starts and leaves running. Threads are the host's: training uses all cores
// already, and what still runs when a component is gone, runs for ever.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace assay::conformance {

class LeftThreads {
 public:
  /// Notes the threads that there are now. A process whose threads cannot be seen has none.
  LeftThreads();

  /// Returns the threads that came since then, sorted. None in a copy of the process that a plugin
  /// made by fork().
  std::vector<pid_t> started() const;
  /// Returns those that run on. One that is about to end gets a moment for that.
  std::vector<pid_t> left() const;

  /// Says what is wrong with such threads; `starter` is to blame: "its constructor". Where OpenMP
  /// keeps them it is asked to end them, which tells that they are its own.
  std::string complaint(const std::vector<pid_t>& threads, const std::string& starter) const;

  /// Throws Failed with the complaint where there are any.
  void require_none(const std::string& starter) const;

 private:
  pid_t process_;
  std::vector<pid_t> before_;  ///< sorted
};

}  // namespace assay::conformance
