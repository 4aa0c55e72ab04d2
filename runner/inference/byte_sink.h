// The destination of predictions: a file, or whatever else takes bytes.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>

namespace assay::inference {

class ByteSink {
 public:
  virtual ~ByteSink() = default;
  /// Appends bytes. Throws if that fails.
  virtual void write(std::span<const std::byte> bytes) = 0;
  /// Ends it after the last byte. A sink that is destroyed without that leaves nothing behind.
  virtual void finish() = 0;
};

/// Returns a sink for a file. It appears as a whole when the sink is finished, in the place of a
/// file of that name (base/atomic_file.h); a symbolic link remains a link. It survives a power
/// failure only once the system has written it to the disk. A pipe or a device is written to
/// directly. Throws assay::Error if such a file is not possible.
std::unique_ptr<ByteSink> file_sink(const std::filesystem::path& path);

}  // namespace assay::inference
