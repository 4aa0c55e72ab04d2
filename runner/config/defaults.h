// Values that a config has without setting them. Code that reads configs without the parameter
// tables gets them here.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runner/config/node.h"

namespace assay::config {

/// The kind of value that a key takes, as far as messages about a wrong value need it.
enum class Takes { unknown, list, fraction, text, other };

/// This one knows of no defaults.
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

  /// Returns what a key takes, whether the config sets it or not.
  virtual Takes takes(const Node& /*config*/, std::span<const std::string> /*path*/) const {
    return Takes::unknown;
  }

  /// Returns false for a key that cannot hold a secret: the only thing wrong with a secret there is
  /// its place.
  virtual bool takes_secret(const Node& /*config*/, std::span<const std::string> /*path*/) const {
    return true;
  }

  /// Returns true if the text of this key is a tag, in which the run fills in `${step}` and
  /// `${epoch}`.
  virtual bool is_tag(const Node& /*config*/, std::span<const std::string> /*path*/) const {
    return false;
  }
};

}  // namespace assay::config
