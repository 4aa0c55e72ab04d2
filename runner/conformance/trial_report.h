// The report of a process that tests a plugin, line by line. The plugin's code runs in the same
// process and may write anywhere by mistake, so a line from elsewhere is detected. (Code that
// deliberately reads this process's memory to deceive is not.)
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "runner/config/diagnostics.h"
#include "runner/conformance/trial.h"

namespace assay::conformance {

/// A step has begun. Steps are numbered; the outcome follows.
struct Begun {
  std::size_t number = 0;
  std::string subject, name;
};

/// Problems are those of the settings; they end the trial.
using Message = std::variant<Begun, StepOutcome, config::Diagnostics>;

/// The exit code of a process whose report cannot be written any more.
inline constexpr int exit_without_report = 117;

/// Writes the report in the process that tests. Every line begins with a random word, which the
/// first line announces.
class ReportWriter {
 public:
  /// Create it before any code of a plugin runs. It moves the descriptor of the report to a number
  /// that other code does not use by accident, and child programs do not inherit it. Throws
  /// assay::Error.
  explicit ReportWriter(int descriptor);

  /// Writes a message; long texts are cut off. If the message cannot be written, it ends the
  /// process: with exit_without_report, or silently in a copy of the process that the plugin made.
  void write(const Message& message) const;

 private:
  void write_line(std::string_view line) const;

  int descriptor_;
  pid_t process_;
  std::string word_;
};

/// Reads the report in the parent process.
class ReportReader {
 public:
  /// Takes the first line. Returns false if this is not a report.
  bool begins(std::string_view line);
  /// Returns nothing if the line is not from the writer.
  std::optional<Message> read(std::string_view line) const;

 private:
  std::string word_;
};

}  // namespace assay::conformance
