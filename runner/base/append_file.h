// A file that only grows, in whole pieces: it contains a piece entirely, or not at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "assay/logger.h"
#include "runner/base/digest.h"
#include "runner/base/file_descriptor.h"
#include "runner/base/folder.h"

namespace assay::base {

class AppendFile final : public LogFile {
 public:
  /// Creates the file `name` in the folder. Throws assay::Error if it exists or cannot be created.
  AppendFile(const Folder& folder, std::string_view name);
  /// Goes on with the file `name` of the folder, behind its first `position` bytes; what follows
  /// them is cut off. Reads these bytes once, for digest(). Throws assay::Error when there is no
  /// such file, or when it is shorter.
  AppendFile(const Folder& folder, std::string_view name, std::int64_t position);

  void append(std::span<const std::byte> bytes) override;
  std::int64_t position() const override { return position_; }
  std::string_view path() const override { return path_; }

  /// Returns the digest of all its bytes (base/digest.h); empty if those from before could not be
  /// read.
  std::string digest() const { return digest_ == nullptr ? std::string() : digest_->text(); }

  /// Brings what was written since the last time to the disk. Throws assay::Error.
  void sync();

  /// Closes the file, once. Throws assay::Error if written bytes were lost after all; network file
  /// systems and quotas report that only now.
  void finish();

 private:
  std::string path_;
  FileDescriptor file_;
  std::int64_t position_ = 0;
  std::int64_t synced_ = -1;  ///< the position that is on the disk; negative: unknown
  std::unique_ptr<Digest> digest_;  ///< null: unknown
};

}  // namespace assay::base
