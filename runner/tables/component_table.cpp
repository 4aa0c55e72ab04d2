#include "runner/tables/component_table.h"

#include <fmt/format.h>

#include <stdexcept>

namespace assay::tables {

ComponentTables component_tables(plugin_host::PluginHost& host) {
  ComponentTables tables;
  for (const auto& c : host.components()) {
    try {
      tables.found.push_back({c.kind, c.name, c.doc, host.parameters(c.kind, c.name)});
    } catch (const std::runtime_error& error) {
      tables.left_out.push_back(fmt::format("{} {}: {}", name_of(c.kind), c.name, error.what()));
    }
  }
  return tables;
}

}  // namespace assay::tables
