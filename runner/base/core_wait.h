// How long a thread has waited for a core although it could have run: what other threads on the
// machine cost it.
#pragma once

#include <optional>

#include "runner/base/file_descriptor.h"

namespace assay::base {

class CoreWait {
 public:
  /// Begins to look at the calling thread.
  CoreWait();

  /// Returns the seconds that the thread has waited since it started; a wait that has not ended yet
  /// is not counted. From any thread. Nothing where the kernel keeps no such account
  /// (/proc/thread-self/schedstat, CONFIG_SCHED_INFO).
  std::optional<double> seconds() const;

 private:
  FileDescriptor schedstat_;
};

}  // namespace assay::base
