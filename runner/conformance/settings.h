// Options that a person gives to the components of a library that is tried: --set.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/plugin.h"
#include "runner/config/diagnostics.h"

namespace assay::conformance {

class Settings {
 public:
  /// Each text says for which component of the library it is:
  ///   metric.confusion.truth=1   this one
  ///   confusion.truth=1          the one of this name, where no option is called `confusion`
  ///   truth=1                    all that have the option
  /// Throws WrongSettings (options.h) for texts that mean no component or no option of it.
  /// `components` is borrowed; `library` is its name, for messages.
  Settings(std::span<const std::string> texts, std::span<const Component> components,
           const std::string& library);

  /// Those of a component, as "truth=1".
  std::vector<std::string> of(Kind kind, std::string_view name) const;

  /// Problems at places in such texts, at the same places in what the person wrote.
  config::Diagnostics as_written(const config::Diagnostics& problems) const;

 private:
  struct Setting {
    std::string written, own;  ///< "metric.confusion.truth=1", "truth=1"
    std::vector<const Component*> components;
  };
  Setting understood(const std::string& text, std::span<const Component> components,
                     const std::string& library, config::Diagnostics& problems) const;

  std::vector<Setting> settings_;
};

}  // namespace assay::conformance
