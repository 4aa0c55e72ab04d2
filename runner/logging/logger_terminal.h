// The terminal that loggers use. They can write text and colours, but no other control sequences
// and no secrets.
#pragma once

#include <string_view>
#include <utility>

#include "assay/logger.h"
#include "runner/plugin_host/component.h"

namespace assay::logging {

/// Passes on a logger's text with U+FFFD for every character that is not printable. Colours (`ESC [
/// ... m`) pass if the terminal shows them, and end with the text.
class LoggerTerminal final : public Terminal {
 public:
  /// Borrows the terminal.
  LoggerTerminal(Terminal& terminal, plugin_host::Handle<Logger> logger)
      : terminal_(terminal), logger_(std::move(logger)) {}

  bool interactive() const override { return terminal_.interactive(); }
  bool colours() const override { return terminal_.colours(); }
  int columns() const override { return terminal_.columns(); }
  void print(std::string_view line) override;
  void status(std::string_view line) override;

 private:
  Terminal& terminal_;
  plugin_host::Handle<Logger> logger_;
};

}  // namespace assay::logging
