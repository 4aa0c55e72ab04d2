// Reads what a run has logged: scalars from metrics.jsonl, or else from its event files, and
// pictures from its event files. It reads what Assay's own loggers write, and passes over what it
// does not know. A file that ends in the middle of a record is read up to there: the run may be
// going on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "runner/contact_sheet/sheet.h"

namespace assay::contact_sheet {

/// Returns the curves of these tags, in their order. A run that logged nothing has empty ones.
/// Throws assay::Error, with the path, where a file cannot be read.
std::vector<std::vector<Point>> curves_of(const std::filesystem::path& run_folder,
                                          std::span<const std::string> tags);

/// A picture in an event file.
struct LoggedPicture {
  std::int64_t step = 0;
  std::filesystem::path file;
  std::uint64_t offset = 0;  ///< of the PNG
  std::uint64_t size = 0;
};

/// Returns the last picture of each tag. Tags that differ in nothing but the number of the step are
/// one, with ${step} in its place. Throws as curves_of() does.
std::map<std::string, LoggedPicture> pictures_of(const std::filesystem::path& run_folder);

/// Returns the PNG. Throws assay::Error.
std::vector<std::byte> read_picture(const LoggedPicture& picture);

}  // namespace assay::contact_sheet
