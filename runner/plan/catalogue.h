// What a plan needs to know of the plugins: names and parameter tables.
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
  /// The names of all components of a kind, sorted.
  virtual std::vector<std::string> names(Kind kind) = 0;
  /// The parameter table of a component whose name is among names(kind). Throws std::runtime_error
  /// when its library does not load.
  virtual std::span<const Parameter> parameters(Kind kind, std::string_view name) = 0;
  /// For the message "no optimizer 'sdg'": libraries that were found, but cannot be used, and why,
  /// one line each. Those that are known to have it; or, where none is, those that may have it.
  virtual std::vector<std::string> refused(Kind /*kind*/, std::string_view /*name*/) const {
    return {};
  }
  /// Why the component may be another than was meant: libraries that offer it, too, and should not,
  /// or would have been used instead, one line each. Empty where there is no doubt.
  virtual std::vector<std::string> doubts(Kind /*kind*/, std::string_view /*name*/) const {
    return {};
  }
  /// For the message about one that there is not: where was looked, one line each.
  virtual std::vector<std::string> searched() const = 0;
};

}  // namespace assay::plan
