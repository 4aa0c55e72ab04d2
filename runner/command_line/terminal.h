// The terminal, or the file or pipe that stands for it. One writer at a time.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "assay/logger.h"
#include "runner/base/file_descriptor.h"

namespace assay::command_line {

/// Writes to standard output; errors to standard error. May be used from any thread. A plugin that
/// closes or replaces descriptors 1 and 2 later silences nobody: these are duplicates of them.
class StandardTerminal final : public Terminal {
 public:
  /// Told once, when standard output takes no more: why. It is left alone from then on.
  using Lost = std::function<void(const std::string&)>;

  explicit StandardTerminal(Lost lost = {});
  ~StandardTerminal();

  bool interactive() const override { return interactive_; }
  bool colours() const override { return colours_; }
  int columns() const override;
  void print(std::string_view line) override;
  void status(std::string_view line) override;
  /// A line to standard error, never in the middle of another one.
  void error(std::string_view line);

 private:
  int write(std::string_view text);
  void tell(int error) const;

  Lost lost_;
  std::mutex mutex_;
  int error_ = 0;  ///< why standard output was lost
  base::FileDescriptor output_, error_output_;
  bool interactive_;
  bool colours_;
  std::string status_;
};

/// Whether messages to standard error may be coloured: a terminal, and no NO_COLOR in the
/// environment.
bool error_colours();

}  // namespace assay::command_line
