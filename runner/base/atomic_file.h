// A file that appears as a whole or not at all.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "runner/base/file_descriptor.h"
#include "runner/base/folder.h"

namespace assay::base {

/// Selects what has reached the disk when the call returns, and so survives a power failure.
enum class Sync {
  now,      ///< the file under its name
  content,  ///< the content: the name may still be that of the old file, but is not of an empty one
  later     ///< nothing: the name may be that of an empty file
};

/// Writes to a temporary file in the same folder and renames it, so that a reader sees either the
/// old content or the new content, never a mixture. The temporary file is always a new one with an
/// unpredictable name, so it never opens a link that somebody planted there or a file that a dead
/// process left. The destructor removes it unless commit() put it in place.
class AtomicFile {
 public:
  /// Makes the temporary file for the file `name` of the folder, which is borrowed. Throws
  /// assay::Error with the path of the file, as write() and commit() do.
  AtomicFile(const Folder& folder, std::string_view name);
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;
  ~AtomicFile();

  /// Reserves disk space for this many bytes. Returns false if there is not enough; space that was
  /// reserved before stays reserved.
  bool reserve(std::size_t bytes) noexcept;

  /// Appends bytes. May be called any number of times.
  void write(std::span<const std::byte> bytes);

  /// Puts the file in place: fsync, close, rename, fsync of the folder. Sync::content leaves out
  /// the last step, Sync::later the first one as well. Nothing can be written after that.
  void commit(Sync sync = Sync::now);

 private:
  const Folder& folder_;
  std::string name_;
  std::string temporary_;  ///< empty when there is none to remove
  std::size_t room_ = 0;   ///< reserved, in bytes
  FileDescriptor file_;
};

/// Brings the content of a file that Sync::later put in place to the disk; Folder::sync() does so
/// for its name. Does nothing if there is no such file any more. Throws assay::Error.
void bring_to_disk(const Folder& folder, std::string_view name);

/// Returns true for the names of temporary files. Of a folder that no living process writes to,
/// such files are what a process left that was killed.
bool is_temporary(std::string_view name);

/// Writes a whole file through an AtomicFile. Throws assay::Error.
void write_atomically(const Folder& folder, std::string_view name, std::span<const std::byte> bytes,
                      Sync sync = Sync::now);
void write_atomically(const Folder& folder, std::string_view name, std::string_view text,
                      Sync sync = Sync::now);
void write_atomically(const std::filesystem::path& path, std::span<const std::byte> bytes,
                      Sync sync = Sync::now);
void write_atomically(const std::filesystem::path& path, std::string_view text,
                      Sync sync = Sync::now);

}  // namespace assay::base
