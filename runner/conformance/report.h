// What a process that tries a plugin tells of it, line by line. The plugin's code runs in the same
// process and may write anywhere by mistake: a line that is not the report's own is found out.
// (Code that sets out to deceive, and reads this process's memory for it, is not.)
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

/// A step is under way. Steps are numbered; its outcome follows.
struct Begun {
  std::size_t number = 0;
  std::string subject, name;
};

/// Problems are those of the settings, which end the trial.
using Message = std::variant<Begun, Outcome, config::Diagnostics>;

/// In the process that tries. Every line begins with a word that is drawn here, and told in the
/// first line.
class ReportWriter {
 public:
  /// To be made before any code of a plugin runs. The report goes to this descriptor, which is
  /// moved to a number that nobody meets by chance, and is closed in programs that are started.
  /// Throws assay::Error.
  explicit ReportWriter(int descriptor);

  /// Long texts are cut off. Ends the process where the message cannot be told: with
  /// exit_without_report (child_process.h), or without a word where this is a copy of the process,
  /// made by the plugin.
  void write(const Message& message) const;

 private:
  void write_line(std::string_view line) const;

  int descriptor_;
  pid_t process_;
  std::string word_;
};

/// At the other end.
class ReportReader {
 public:
  /// To be given the first line. False: this is no report.
  bool begins(std::string_view line);
  /// Nothing: the line is not the writer's.
  std::optional<Message> read(std::string_view line) const;

 private:
  std::string word_;
};

}  // namespace assay::conformance
