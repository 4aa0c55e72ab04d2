// The exceptions that a plugin throws, and that the host throws when a plugin asks for something
// that does not exist. The SDK's guard (plugin.h) catches every exception that would leave the
// library. The host reports the text with the component's name and, if known, the place in the
// config. Host and plugins share one C++ runtime (the host refuses a library that brings its own),
// so a plugin may let the host's exceptions pass through.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

#include "assay/version.h"

namespace assay {

/// Reports a failure. The text says what failed, where (path, row, layer) and what was expected.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Reports that one option is the cause: the host points at its line and column in the config.
/// Meant for constructors; elsewhere the host reports it like Error.
class OptionError : public Error {
 public:
  OptionError(std::string option, const std::string& message)
      : Error(message), option_(std::move(option)) {}
  const std::string& option() const noexcept { return option_; }

 private:
  std::string option_;
};

}  // namespace assay
