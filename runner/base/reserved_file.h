// A file that is replaced repeatedly and reserves the disk space for that from the beginning.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "runner/base/atomic_file.h"
#include "runner/base/folder.h"

namespace assay::base {

/// Replacing a file needs space for a second copy, which a full disk does not have. So this class
/// keeps a spare file with its own name and space. The spare takes the place of the file if no new
/// file can be created.
class ReservedFile {
 public:
  /// Borrows the folder. Writes nothing yet.
  ReservedFile(const Folder& folder, std::string_view name) : folder_(folder), name_(name) {}

  /// Replaces the content of the file, and reserves space for content that is `growth` bytes
  /// longer. Tries in this order: a new file; the spare file; and, if the content is not longer,
  /// overwriting the file in place. With the first two a reader sees either the old content or the
  /// new. A power failure may leave an overwritten file half done. Throws assay::Error if none of
  /// them works; the old content is then still there.
  void replace(std::string_view text, std::size_t growth, Sync sync);

 private:
  bool replace_by_spare(std::string_view text, Sync sync);
  bool overwrite(std::string_view text, Sync sync) const;
  bool keep_spare(std::size_t bytes);

  const Folder& folder_;
  std::string name_;
  std::optional<AtomicFile> spare_;
};

}  // namespace assay::base
