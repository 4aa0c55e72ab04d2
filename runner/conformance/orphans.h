// Processes that live on when the one that started them has ended, wherever they hide: a daemon in
// a session of its own as well.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <vector>

namespace assay::conformance {

class Orphans {
 public:
  /// From now on this process is handed its descendants' orphans (PR_SET_CHILD_SUBREAPER). The
  /// children that it has already are none; it must start no other ones until this object is gone.
  Orphans();

  /// How many there are still when they had so long to end by themselves. `parent` is the child
  /// that started them and has ended; it is not waited for.
  std::size_t left_after(std::chrono::milliseconds time, pid_t parent) const;
  /// Ends all there are, with those that they start meanwhile.
  void end() const;

 private:
  std::vector<pid_t> living(pid_t parent) const;

  std::vector<pid_t> before_;  ///< sorted
};

}  // namespace assay::conformance
