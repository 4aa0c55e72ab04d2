// Finds Assay's notes in the bytes of a shared library (assay/stamp.h), without opening it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace assay::plugin_host {

/// Returns the texts of the notes in their order in the file, at least one: a plugin of one source
/// file has one, a pack one for each source file. Throws std::runtime_error that says what is wrong
/// with the file, without its name: it is empty, cut short, for another machine, without a note, or
/// has more notes than a plugin can have components.
std::vector<std::string> read_notes(const std::filesystem::path& library);

}  // namespace assay::plugin_host
