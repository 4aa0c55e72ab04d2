// The options of `assay runs` for a contact sheet.
#pragma once

#include <CLI/CLI.hpp>
#include <span>
#include <string>

#include "runner/batch/batch.h"
#include "runner/batch/run_status.h"
#include "runner/contact_sheet/gather.h"

namespace assay::command_line {

struct SheetOptions {
  std::string file;  ///< empty: no sheet is asked for
  contact_sheet::Choices choices;
};

/// Declares the options. They are written to `options`, which must live as long as the command.
void add_sheet_options(CLI::App& command, SheetOptions& options);

/// Writes the sheet and prints its name. Throws UsageError if the file cannot be a picture by its
/// name, and assay::Error.
void write_sheet(const batch::Batch& batch, std::span<const batch::Status> statuses,
                 const SheetOptions& options);

}  // namespace assay::command_line
