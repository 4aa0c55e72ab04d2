// Reads the text of a file of any kind.
#pragma once

#include <cstddef>
#include <string>

namespace assay::config {

struct FileText {
  enum class Kind { regular, folder, other };

  int error = 0;  ///< errno of the call that failed; 0 if none did
  Kind kind = Kind::regular;
  std::string text;  ///< of a regular file
};

/// Returns the first `most` bytes, or fewer if the file is shorter or shrinks meanwhile. Never
/// waits for a writer, not even with a pipe.
FileText read_start(const std::string& path, std::size_t most);

}  // namespace assay::config
