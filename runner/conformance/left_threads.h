// Threads that a plugin starts and leaves running. Threads belong to the host: training already
// uses all cores, and a thread that outlives its component runs forever.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace assay::conformance {

class LeftThreads {
 public:
  /// Records the current threads. If the threads of the process cannot be listed, there are none.
  LeftThreads();

  /// Returns the threads that were started since then, sorted. Returns none in a copy of the
  /// process that a plugin made by fork().
  std::vector<pid_t> started() const;
  /// Returns the started threads that still run. A thread that is about to end gets a moment for
  /// that.
  std::vector<pid_t> left() const;

  /// Returns a complaint about such threads; it blames `starter`: "its constructor". If OpenMP
  /// keeps them, it is asked to end them, which shows that they are OpenMP's.
  std::string complaint(const std::vector<pid_t>& threads, const std::string& starter) const;

  /// Throws Failed with the complaint if there are any.
  void require_none(const std::string& starter) const;

 private:
  pid_t process_;
  std::vector<pid_t> before_;  ///< sorted
};

}  // namespace assay::conformance
