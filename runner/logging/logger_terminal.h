// The terminal as loggers have it: they write text and colours, and nothing that acts on it or is a
// secret.
#pragma once

#include <string_view>
#include <utility>

#include "assay/logger.h"
#include "runner/plugin_host/component.h"

namespace assay::logging {

/// Passes on what a logger writes with U+FFFD for whatever is not printable. Colours (`ESC [ ...
/// m`) stay where the terminal shows them, and end with the text.
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
