// Checks the output of a command: a full disk or a closed pipe is an error like any other.
#pragma once

#include <array>
#include <streambuf>
#include <string>

namespace assay::command_line {

/// Replaces the buffer of std::cout for its lifetime. All output of commands goes through it, in
/// blocks; on a terminal every line is shown at once.
class StandardOutput final : public std::streambuf {
 public:
  StandardOutput();
  StandardOutput(const StandardOutput&) = delete;
  StandardOutput& operator=(const StandardOutput&) = delete;
  ~StandardOutput() override;

  /// Writes out the remaining output, including that of stdout (which libraries print to). Returns
  /// an empty text if everything was written, and otherwise the error.
  std::string finish();

 private:
  int overflow(int character) override;
  std::streamsize xsputn(const char* text, std::streamsize count) override;
  int sync() override;

  std::streambuf* before_;
  bool by_lines_;
  int error_ = 0;  ///< the first error; nothing is written after it
  std::array<char, 16384> buffer_;
};

}  // namespace assay::command_line
