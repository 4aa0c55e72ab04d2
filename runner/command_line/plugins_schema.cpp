// `assay plugins schema`: prints the JSON Schema of a config, with all plugins found.

#include <CLI/CLI.hpp>
#include <iostream>

#include "runner/command_line/commands.h"
#include "runner/command_line/exit_code.h"
#include "runner/command_line/found_tables.h"
#include "runner/tables/json_schema.h"

namespace assay::command_line {
namespace {

int schema(const Common& common) {
  std::cout << tables::json_schema(found_tables(common)) << std::flush;
  return done;
}

}  // namespace

void declare_plugins_schema(CLI::App& plugins, const Common& common, Chosen& chosen) {
  CLI::App* command = plugins.add_subcommand(
      "schema", "Print the JSON Schema of a config with all plugins, for editors");
  command->footer(
      "Examples:\n"
      "  assay plugins schema > assay.schema.json\n\n"
      "Editors with yaml-language-server (VS Code, Neovim, Emacs, ...) then know what a config "
      "may\n"
      "say, and where it is wrong, if it begins with this line:\n"
      "  # yaml-language-server: $schema=assay.schema.json\n\n"
      "Other tools check it, too:\n"
      "  check-jsonschema --schemafile assay.schema.json configs/*.yaml");
  command->callback([&] { chosen = [&] { return schema(common); }; });
}

}  // namespace assay::command_line
