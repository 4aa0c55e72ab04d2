// Standard input, output and error, which any code in the process can close or replace.
#pragma once

#include <sys/stat.h>

#include <array>
#include <string>

#include "runner/base/file_descriptor.h"

namespace assay::base {

/// Returns another descriptor of the same open file, with a number that other code does not use by
/// accident. Child programs do not inherit it. Returns an empty one on failure: the descriptor is
/// closed, or there are too many.
FileDescriptor duplicate(int descriptor);

/// Stores descriptors 0, 1 and 2 as they are at construction. Holds duplicates of them.
class KeptDescriptors {
 public:
  KeptDescriptors();
  /// Returns the changes since then: "standard output (closed), standard error (another file)".
  /// Empty if there are none.
  std::string changes() const;
  /// Restores all three. Call it only while no other thread opens files: a file may have got a
  /// number that was closed.
  void restore() const;
  /// Reopens the ones that are closed now. May be called at any time.
  void reopen() const;

 private:
  struct File {
    FileDescriptor duplicate;
    struct stat identity {};
  };
  /// Returns the change of one descriptor; empty if it has not changed.
  std::string change_of(int number) const;

  std::array<File, 3> files_;
};

}  // namespace assay::base
