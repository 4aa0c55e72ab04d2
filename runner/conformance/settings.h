// Options that the user gives to the components of a tested library: --set.
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
  /// Each text names the component of the library that it is for:
  ///   metric.confusion.truth=1   this one
  ///   confusion.truth=1          the one of this name, where no option is called `confusion`
  ///    truth=1                    all components with this option
  /// Throws WrongSettings (configured.h) for a text that means no component or no option of it.
  /// Borrows `components`; `library` is the library's name, for messages.
  Settings(std::span<const std::string> texts, std::span<const Component* const> components,
           const std::string& library);

  /// Returns the settings of a component, such as "truth=1".
  std::vector<std::string> of(Kind kind, std::string_view name) const;

  /// Moves problems in such texts to the same places in the user's own texts.
  config::Diagnostics as_written(const config::Diagnostics& problems) const;

 private:
  struct Setting {
    std::string written, own;  ///< "metric.confusion.truth=1", "truth=1"
    std::vector<const Component*> components;
  };
  Setting understood(const std::string& text, std::span<const Component* const> components,
                     const std::string& library, config::Diagnostics& problems) const;

  std::vector<Setting> settings_;
};

}  // namespace assay::conformance
