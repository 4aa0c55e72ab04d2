// The terminal as loggers have it: they write text and colours, and nothing that acts on it.
#pragma once

#include <string_view>

#include "assay/logger.h"

namespace assay::logging {

/// Passes on what a logger writes with U+FFFD for whatever is not printable. Colours (`ESC [ ...
/// m`) stay where the terminal shows them, and end with the text.
class LoggerTerminal final : public Terminal {
 public:
  /// Borrowed.
  explicit LoggerTerminal(Terminal& terminal) : terminal_(terminal) {}

  bool interactive() const override { return terminal_.interactive(); }
  bool colours() const override { return terminal_.colours(); }
  int columns() const override { return terminal_.columns(); }
  void print(std::string_view line) override;
  void status(std::string_view line) override;

 private:
  Terminal& terminal_;
};

}  // namespace assay::logging
