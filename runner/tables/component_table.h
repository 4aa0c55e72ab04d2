// The components that were found, with their parameter tables, as input for documentation.
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
  /// Borrowed from the library, which stays loaded.
  std::span<const Parameter> parameters;
};

struct ComponentTables {
  std::vector<ComponentTable> found;  ///< sorted by kind and name
  std::vector<std::string> left_out;  ///< libraries that do not load, and why, one line each
};

/// Opens every library that offers a component.
ComponentTables component_tables(plugin_host::PluginHost& host);

}  // namespace assay::tables
