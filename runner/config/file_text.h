// Reads the text of a file of any kind.
#pragma once

#include <cstddef>
#include <string>

#include "runner/base/regular_file.h"

namespace assay::config {

struct FileText {
  int error = 0;  ///< errno of what failed; 0: nothing
  base::FileKind kind = base::FileKind::regular;
  std::string text;  ///< of a regular file
};

/// Reads the first `most` bytes, or fewer when the file is shorter or shrinks meanwhile. Never
/// waits for a writer, as a pipe would make it.
FileText read_start(const std::string& path, std::size_t most);

}  // namespace assay::config
