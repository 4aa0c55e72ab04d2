// Short names for texts and files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "runner/base/regular_file.h"

namespace assay::base {

/// XXH3-128 (https://github.com/Cyan4973/xxHash): the same everywhere and with every version. It
/// tells bytes apart that differ by chance, but not those that somebody made to look alike.
class Digest {
 public:
  /// The hexadecimal digits of a digest.
  static constexpr std::size_t digits = 32;

  Digest();
  ~Digest();
  Digest(const Digest&) = delete;
  Digest& operator=(const Digest&) = delete;

  /// Appends bytes. It takes no memory for them.
  void add(std::span<const std::byte> bytes);
  /// Adds the bytes of a file from `begin` on, piece by piece. Throws assay::Error if the file
  /// cannot be read, or has fewer bytes than when it was opened.
  void add(const RegularFile& file, std::uint64_t begin = 0);
  /// Does the same up to `end`, behind which more may follow.
  void add(const RegularFile& file, std::uint64_t begin, std::uint64_t end);
  /// Returns the digest of all bytes so far.
  std::string text() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Returns the digest of the first bytes of a file. Throws assay::Error where it cannot be read, or
/// has fewer.
std::string digest_of_first(const RegularFile& file, std::uint64_t bytes);
/// Returns the digest of a text.
std::string digest(std::string_view text);
/// Returns the digest of the bytes of a file, or nothing if it cannot be read.
std::string file_digest(const std::filesystem::path& path);

}  // namespace assay::base
