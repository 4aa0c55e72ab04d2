#include "runner/command_line/sheet_options.h"

#include <fmt/format.h>

#include <filesystem>
#include <iostream>

#include "assay/error.h"
#include "runner/base/words.h"
#include "runner/command_line/usage_error.h"
#include "runner/contact_sheet/write_sheet.h"
#include "runner/plugin_host/search_path.h"

namespace assay::command_line {

void add_sheet_options(CLI::App& command, SheetOptions& options) {
  CLI::Option* sheet = command
                           .add_option("--sheet", options.file,
                                       "Draw all runs in one picture, a PNG, SVG or PDF by the "
                                       "ending of its name: curves, a heat map, parallel "
                                       "coordinates, and the runs' pictures")
                           ->type_name("FILE");
  command
      .add_option(
          "--value", options.choices.values,
          "Curves of the sheet, at most two tags; the last value of the first is the result")
      ->delimiter(',')
      ->type_name("TAGS")
      ->needs(sheet);
  command.add_option("--picture", options.choices.picture, "Pictures of the sheet")
      ->type_name("TAG")
      ->needs(sheet);
  command
      .add_option("--by", options.choices.keys,
                  "Keys that come first in the sheet: one colours the curves, two are axes")
      ->delimiter(',')
      ->type_name("KEYS")
      ->needs(sheet);
}

void write_sheet(const batch::Batch& batch, std::span<const batch::Status> statuses,
                 const SheetOptions& options) {
  try {
    contact_sheet::check_ending(options.file);
  } catch (const Error& error) {
    throw UsageError(error.what());
  }
  const contact_sheet::Sheet sheet = contact_sheet::gather(batch, statuses, options.choices);
  contact_sheet::write_sheet(sheet, options.file, plugin_host::program_places().private_libraries);
  std::cout << fmt::format("contact sheet {}\n", base::shown_path(options.file));
}

}  // namespace assay::command_line
