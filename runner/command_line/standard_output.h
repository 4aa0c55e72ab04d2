// Checks the output of a command: a full disk or a closed pipe is an error like any other.
#pragma once

#include <array>
#include <streambuf>
#include <string>

namespace assay::command_line {

/// Takes std::cout over for its lifetime. All that commands print goes there, in pieces; at a
/// terminal every line is shown at once.
class StandardOutput final : public std::streambuf {
 public:
  StandardOutput();
  StandardOutput(const StandardOutput&) = delete;
  StandardOutput& operator=(const StandardOutput&) = delete;
  ~StandardOutput() override;

  /// Writes out what is left, of stdout (what libraries printed) as well. Returns nothing where all
  /// was written, and otherwise what went wrong.
  std::string finish();

 private:
  int overflow(int character) override;
  std::streamsize xsputn(const char* text, std::streamsize count) override;
  int sync() override;

  std::streambuf* before_;
  bool by_lines_;
  int error_ = 0;  ///< the first one; nothing is written after that
  std::array<char, 16384> buffer_;
};

}  // namespace assay::command_line
