// Reads a regular file from its beginning, piece by piece, in memory of a fixed size.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "runner/base/regular_file.h"

namespace assay::verify {

class FileStream {
 public:
  /// Borrows the file. It is read up to the size that it had when it was opened.
  explicit FileStream(const base::RegularFile& file) : file_(file), buffer_(piece) {}

  std::uint64_t position() const { return begin_ + at_; }
  std::uint64_t left() const { return file_.size() - position(); }

  /// Returns the next bytes, `most` at most, and at least one if there are any left. They are valid
  /// until the next call. Throws assay::Error if the file cannot be read.
  std::span<const std::byte> next(std::uint64_t most) {
    if (at_ == held_) fill();
    const auto bytes = std::span(buffer_).subspan(
        at_, static_cast<std::size_t>(std::min<std::uint64_t>(most, held_ - at_)));
    at_ += bytes.size();
    return bytes;
  }
  /// Fills `out`; at least that many bytes are left. Throws like next().
  void read(std::span<std::byte> out) {
    while (!out.empty()) {
      const auto bytes = next(out.size());
      std::ranges::copy(bytes, out.begin());
      out = out.subspan(bytes.size());
    }
  }

 private:
  static constexpr std::size_t piece = 64 * 1024;

  void fill() {
    begin_ += held_;
    at_ = 0;
    held_ = static_cast<std::size_t>(std::min<std::uint64_t>(piece, file_.size() - begin_));
    file_.read(begin_, std::span(buffer_).first(held_));
  }

  const base::RegularFile& file_;
  std::vector<std::byte> buffer_;
  std::uint64_t begin_ = 0;  ///< of the buffer, in the file
  std::size_t at_ = 0, held_ = 0;
};

}  // namespace assay::verify
