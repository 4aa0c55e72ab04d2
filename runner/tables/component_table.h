// What there is to write about: the components that were found, with their parameter tables.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "assay/parameter.h"
#include "runner/plugin_host/plugin_host.h"

namespace assay::tables {

struct ComponentTable {
  Kind kind{};
  std::string name;
  std::string doc;  ///< one line
  /// Lent by the library, which stays loaded.
  std::span<const Parameter> parameters;
};

struct ComponentTables {
  std::vector<ComponentTable> found;  ///< sorted by kind and name
  std::vector<std::string> left_out;  ///< libraries that do not load: why, one line each
};

/// Opens every library that has a component.
ComponentTables component_tables(plugin_host::PluginHost& host);

}  // namespace assay::tables
