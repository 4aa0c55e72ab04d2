// The text of a file that may be anything.
#pragma once

#include <cstddef>
#include <string>

namespace assay::config {

struct FileText {
  enum class Kind { regular, folder, other };

  int error = 0;  ///< errno of what failed; 0: nothing
  Kind kind = Kind::regular;
  std::string text;  ///< of a regular file
};

/// The first `most` bytes, or fewer when the file is shorter or shrinks meanwhile. Never waits for
/// a writer, as a pipe would make it.
FileText read_start(const std::string& path, std::size_t most);

}  // namespace assay::config
