// Values that a config has without setting them. Code that reads configs without the parameter
// tables gets them here.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runner/config/node.h"

namespace assay::config {

/// The base class, which has no defaults.
class Defaults {
 public:
  virtual ~Defaults() = default;

  /// Returns the value of a key that `config` does not set. The value has no place, and may be part
  /// of a default (`loggers.0`). Returns nothing if there is no such key, or if it has no default.
  virtual std::optional<Node> value(const Node& /*config*/,
                                    std::span<const std::string> /*path*/) const {
    return std::nullopt;
  }

  /// Returns the keys that are allowed directly below a key.
  virtual std::vector<std::string> keys(const Node& /*config*/,
                                        std::span<const std::string> /*path*/) const {
    return {};
  }
};

}  // namespace assay::config
