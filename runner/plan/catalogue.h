// The information about plugins that a plan needs: names and parameter tables.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/kind.h"
#include "assay/parameter.h"

namespace assay::plan {

class Catalogue {
 public:
  virtual ~Catalogue() = default;
  /// Returns the names of all components of a kind, sorted.
  virtual std::vector<std::string> names(Kind kind) = 0;
  /// Returns the parameter table of a component whose name is among names(kind). Throws
  /// std::runtime_error if its library does not load.
  virtual std::span<const Parameter> parameters(Kind kind, std::string_view name) = 0;
  /// Returns the libraries that were found but cannot be used, and why, one line each, for the
  /// message "no optimizer 'sdg'". Returns those that are known to offer the component; if there
  /// are none, those that may offer it.
  virtual std::vector<std::string> refused(Kind /*kind*/, std::string_view /*name*/) const {
    return {};
  }
  /// Returns reasons to doubt that the component is the one that was meant, one line each: other
  /// libraries that offer it too, although they should not, or that would have taken precedence.
  virtual std::vector<std::string> doubts(Kind /*kind*/, std::string_view /*name*/) const {
    return {};
  }
  /// Returns the places that were searched, one line each, for the message about a missing
  /// component.
  virtual std::vector<std::string> searched() const = 0;
};

}  // namespace assay::plan
