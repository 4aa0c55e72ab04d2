// The time that a thread waited for a core although it was ready to run. It shows what other
// threads on the machine cost it.
#pragma once

#include <optional>

#include "runner/base/file_descriptor.h"

namespace assay::base {

class CoreWait {
 public:
  /// Starts watching the calling thread.
  CoreWait();

  /// Returns the seconds that the thread has waited since it started, without a wait that is still
  /// going on. May be called from any thread. Returns nothing if the kernel does not count this
  /// (/proc/thread-self/schedstat, CONFIG_SCHED_INFO).
  std::optional<double> seconds() const;

 private:
  FileDescriptor schedstat_;
};

}  // namespace assay::base
