// The defaults in a plugin's parameter tables, tried before a config relies on them.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "assay/plugin.h"
#include "runner/config/node.h"

namespace assay::plugin_host {

/// Whether another library than the one looked at offers such a component. Empty: that is unknown.
using Offers = std::function<bool(Kind, std::string_view name)>;

class Defaults {
 public:
  /// `own`: the components of the library looked at, borrowed, their tables sound but for defaults.
  Defaults(std::span<const Component> own, Offers elsewhere)
      : own_(own), elsewhere_(std::move(elsewhere)) {}

  /// What is wrong with the default of an option that has one; empty: nothing. A default that is a
  /// component must exist; where the library itself has it, the options given to it must fit too.
  /// Defaults that such options have of their own are not looked at.
  std::string mistake_in(const Parameter& parameter) const;

 private:
  std::string value(const config::Node& node, const Parameter& p) const;
  std::string single(const config::Node& node, const Parameter& p) const;
  std::string component(const config::Node& node, Kind kind) const;
  std::string options(const config::Node& map, std::span<const Parameter> table) const;
  const Component* find(Kind kind, std::string_view name) const;
  bool exists(Kind kind, std::string_view name) const;

  std::span<const Component> own_;
  Offers elsewhere_;
};

}  // namespace assay::plugin_host
