// Processes that outlive the one that started them, wherever they hide, including daemons in their
// own sessions.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <vector>

namespace assay::base {

class Orphans {
 public:
  /// Makes this process the parent of its descendants' orphans (PR_SET_CHILD_SUBREAPER). Existing
  /// children do not count as orphans. This process must start no other children until this object
  /// is destroyed.
  Orphans();

  /// Returns the number of orphans that are left after they had this long to end by themselves. It
  /// does not wait for `parent`, the child that started them and has ended.
  std::size_t left_after(std::chrono::milliseconds time, pid_t parent) const;
  /// Ends all orphans, including those that they start meanwhile.
  void end() const;

 private:
  std::vector<pid_t> living(pid_t parent) const;

  std::vector<pid_t> before_;  ///< sorted
};

}  // namespace assay::base
