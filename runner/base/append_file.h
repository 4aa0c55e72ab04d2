// A file that only grows, by whole pieces: a piece is in it entirely, or not at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "assay/logger.h"
#include "runner/base/file_descriptor.h"
#include "runner/base/folder.h"

namespace assay::base {

class AppendFile final : public LogFile {
 public:
  /// Creates the file `name` in the folder. Throws assay::Error when it exists or cannot be made.
  AppendFile(const Folder& folder, std::string_view name);

  void append(std::span<const std::byte> bytes) override;
  std::int64_t position() const override { return position_; }
  std::string_view path() const override { return path_; }

  /// Closes the file, once. Throws assay::Error when bytes that were written are lost after all,
  /// which network file systems and quotas report only now.
  void finish();

 private:
  std::string path_;
  FileDescriptor file_;
  std::int64_t position_ = 0;
};

}  // namespace assay::base
