// Reads the lines of a file without asking for memory, so that a signal handler can: it makes
// system calls only.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace assay::base {

class LineReader {
 public:
  /// A file that cannot be opened has no lines.
  explicit LineReader(const char* path) noexcept;
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;
  ~LineReader();

  /// Hands out the next line, which lasts until the next call. One that is too long is cut. Returns
  /// false at the end.
  bool next(std::string_view& line) noexcept;

 private:
  bool get(char& c) noexcept;

  int file_;
  std::array<char, 4096> part_;
  std::array<char, 4096 + 128> line_;
  std::size_t at_ = 0, end_ = 0;
};

}  // namespace assay::base
