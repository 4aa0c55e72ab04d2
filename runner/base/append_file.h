// A file that only grows, by whole pieces: a piece is in it entirely, or not at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "assay/logger.h"
#include "runner/base/file_descriptor.h"

namespace assay::base {

class AppendFile final : public LogFile {
 public:
  /// Creates the file; throws assay::Error when it exists or cannot be made.
  explicit AppendFile(const std::filesystem::path& path);

  void append(std::span<const std::byte> bytes) override;
  std::int64_t position() const override { return position_; }
  std::string_view path() const override { return path_; }

 private:
  std::string path_;
  FileDescriptor file_;
  std::int64_t position_ = 0;
};

/// Whether a file must have reached the disk when the call returns, so that it outlives a power
/// cut.
enum class Sync { now, later };

/// Writes a whole file so that a reader sees the old content or the new, never a part: a temporary
/// file in the same folder, fsync, rename, fsync of the folder (Sync::later: without the two
/// fsyncs). Throws assay::Error.
void write_atomically(const std::filesystem::path& path, std::span<const std::byte> bytes,
                      Sync sync = Sync::now);
void write_atomically(const std::filesystem::path& path, std::string_view text,
                      Sync sync = Sync::now);

}  // namespace assay::base
