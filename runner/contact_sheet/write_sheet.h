// Writes the contact sheet of a batch: one picture of all its runs.
#pragma once

#include <filesystem>
#include <span>

#include "runner/contact_sheet/sheet.h"

namespace assay::contact_sheet {

/// Draws the sheet and writes the file: PNG, SVG or PDF, as its ending says. The file is old or
/// new, never a part. The same sheet gives the same bytes. `folders` may hold the picture library.
/// Throws assay::Error.
void write_sheet(const Sheet& sheet, const std::filesystem::path& file,
                 std::span<const std::filesystem::path> folders);

/// Throws assay::Error unless the ending of the file is .png, .svg or .pdf.
void check_ending(const std::filesystem::path& file);

}  // namespace assay::contact_sheet
