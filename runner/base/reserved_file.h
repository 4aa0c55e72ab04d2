// A file that is replaced again and again, and has the room for that from the beginning.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "runner/base/atomic_file.h"
#include "runner/base/folder.h"

namespace assay::base {

/// Replacing a file needs room for a second copy, which a full disk has not. So a spare file is
/// held ready, with room and a name of its own, that takes the place of the file when nothing else
/// can be made.
class ReservedFile {
 public:
  /// The folder is borrowed. Nothing is written yet.
  ReservedFile(const Folder& folder, std::string_view name) : folder_(folder), name_(name) {}

  /// Replaces the content of the file, and keeps room for one that is `growth` bytes longer. Tries
  /// in this order: a new file, the spare file, and, for a content that is not longer, overwriting
  /// the file where it lies. A reader sees the old content or the new but for the last, which a
  /// power cut may leave half done.
  /// Throws assay::Error when none of them works; the old content is there then.
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
