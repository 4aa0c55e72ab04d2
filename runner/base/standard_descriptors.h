// Ensures that standard input, output and error are open, however the program was started.
#pragma once

#include <sys/stat.h>

#include <array>
#include <string>

#include "runner/base/file_descriptor.h"

namespace assay::base {

/// Opens /dev/null as each of the descriptors 0, 1 and 2 that is closed. Call it before anything
/// else is opened: otherwise the first file that the program opens gets such a number, and messages
/// end up in that file.
void open_standard_descriptors() noexcept;

/// Another descriptor of the same open file, with a number that nobody uses by chance. Programs
/// that are started do not get it. Holds none if that fails: the file is closed, or there are too
/// many descriptors.
FileDescriptor duplicate(int descriptor);

/// Descriptors 0, 1 and 2 as they are when this is made. Holds duplicates of them.
class KeptDescriptors {
 public:
  KeptDescriptors();
  /// Returns what has changed since then: "standard output (closed), standard error (another
  /// file)". Empty if nothing has.
  std::string changes() const;
  /// Restores them. Must be called while no other thread opens files: one may have got a number
  /// that was closed.
  void restore() const;
  /// Reopens those that are closed now. May be called at any time.
  void reopen() const;

 private:
  struct File {
    FileDescriptor duplicate;
    struct stat identity {};
  };
  /// Empty if the descriptor is what it was.
  std::string change_of(int number) const;

  std::array<File, 3> files_;
};

}  // namespace assay::base
