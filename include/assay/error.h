// What a plugin throws, and what the host throws when a plugin asks for what there is not. The
// SDK's guard (plugin.h) catches everything that would leave the library; the host reports the text
// with the component's name and, where it is known, the place in the config. Host and plugins share
// one C++ runtime (a library that brings its own is refused), so a plugin may let pass what the
// host throws.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

#include "assay/version.h"

namespace assay {

/// Something went wrong; the text says what, where (path, row, layer) and what was expected.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// One option is the cause: the host points at its line and column in the config.
/// Meant for constructors; elsewhere it is reported like Error.
class OptionError : public Error {
 public:
  OptionError(std::string option, const std::string& message)
      : Error(message), option_(std::move(option)) {}
  const std::string& option() const noexcept { return option_; }

 private:
  std::string option_;
};

}  // namespace assay
