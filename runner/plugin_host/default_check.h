// Checks the defaults in a plugin's parameter tables before a config relies on them.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "assay/plugin.h"
#include "runner/config/node.h"

namespace assay::plugin_host {

/// Returns true if a library other than the examined one offers such a component. Empty if that is
/// unknown.
using Offers = std::function<bool(Kind, std::string_view name)>;

class DefaultCheck {
 public:
  /// `own`: the components of the examined library, borrowed; their tables are valid except for
  /// defaults.
  DefaultCheck(std::span<const Component* const> own, Offers elsewhere)
      : own_(own), elsewhere_(std::move(elsewhere)) {}

  /// Returns the mistake in the default of an option that has one; empty if there is none. A
  /// default that is a component must exist. If the examined library itself offers it, the options
  /// given to it must be valid too. Defaults of those options are not checked, but followed: they
  /// must not nest components without end.
  std::string mistake_in(const Parameter& parameter) const;

 private:
  std::string value(const config::Node& node, const Parameter& p) const;
  std::string single(const config::Node& node, const Parameter& p) const;
  std::string component(const config::Node& node, Kind kind) const;
  std::string options(const config::Node& map, std::span<const Parameter> table) const;
  /// Follows the options given and defaults through the components of the examined library.
  class Descent;
  const Component* find(Kind kind, std::string_view name) const;
  bool exists(Kind kind, std::string_view name) const;

  std::span<const Component* const> own_;
  Offers elsewhere_;
};

}  // namespace assay::plugin_host
