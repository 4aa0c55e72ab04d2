// What a config does not say, and yet has: who reads it without tables asks here.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runner/config/node.h"

namespace assay::config {

/// This one knows of no defaults.
class Defaults {
 public:
  virtual ~Defaults() = default;

  /// The value of a key that `config` does not set, at no place; it may be part of a default
  /// (`loggers.0`). Nothing when there is no such key, or it has no default.
  virtual std::optional<Node> value(const Node& /*config*/,
                                    std::span<const std::string> /*path*/) const {
    return std::nullopt;
  }

  /// The keys that may stand directly below a key.
  virtual std::vector<std::string> keys(const Node& /*config*/,
                                        std::span<const std::string> /*path*/) const {
    return {};
  }
};

}  // namespace assay::config
