#include "runner/command_line/found_tables.h"

#include <utility>

#include "runner/command_line/report.h"

namespace assay::command_line {

std::vector<tables::ComponentTable> found_tables(const Common& common) {
  plugin_host::PluginHost host = make_plugin_host(common);
  tables::ComponentTables components = tables::component_tables(host);
  for (const std::string& reason : components.left_out)
    report(common, "left out: " + reason, Severity::warning);
  return std::move(components.found);
}

}  // namespace assay::command_line
