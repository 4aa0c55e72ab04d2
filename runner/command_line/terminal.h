// The terminal, or the file or pipe in its place. Only one writer uses it at a time.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "assay/logger.h"
#include "runner/base/file_descriptor.h"

namespace assay::command_line {

/// Writes to standard output, and errors to standard error. May be used from any thread. It writes
/// to duplicates of descriptors 1 and 2, so a plugin that closes or replaces these cannot silence
/// it.
class StandardTerminal final : public Terminal {
 public:
  /// Called once, with the reason, when standard output can no longer be written. The terminal does
  /// not use it after that.
  using Lost = std::function<void(const std::string&)>;

  explicit StandardTerminal(Lost lost = {});
  ~StandardTerminal();

  bool interactive() const override { return interactive_; }
  bool colours() const override { return colours_; }
  int columns() const override;
  void print(std::string_view line) override;
  void status(std::string_view line) override;
  /// Writes a line to standard error, never in the middle of another line.
  void error(std::string_view line);

 private:
  int write(std::string_view text);
  void tell(int error) const;

  Lost lost_;
  std::mutex mutex_;
  int error_ = 0;  ///< the error that made standard output unusable
  base::FileDescriptor output_, error_output_;
  bool interactive_;
  bool colours_;
  std::string status_;
};

/// Returns true if messages on standard error may be coloured: it is a terminal, and NO_COLOR is
/// not in the environment.
bool error_colours();

}  // namespace assay::command_line
