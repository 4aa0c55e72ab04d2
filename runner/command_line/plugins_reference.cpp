// `assay plugins reference`: prints all config keys as Markdown.

#include <CLI/CLI.hpp>
#include <iostream>

#include "runner/command_line/commands.h"
#include "runner/command_line/exit_code.h"
#include "runner/command_line/found_tables.h"
#include "runner/tables/markdown.h"

namespace assay::command_line {
namespace {

int reference_of(const Common& common) {
  std::cout << tables::markdown(found_tables(common)) << std::flush;
  return done;
}

}  // namespace

void declare_plugins_reference(CLI::App& plugins, const Common& common, Chosen& chosen) {
  CLI::App* command = plugins.add_subcommand(
      "reference", "Print everything that a config may contain with all plugins, as Markdown");
  command->footer("Example:\n  assay plugins reference > config-reference.md");
  command->callback([&] { chosen = [&] { return reference_of(common); }; });
}

}  // namespace assay::command_line
