// What a shared library asks of others, read from its file (elf(5)): none of its code runs.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace assay::plugin_host {

/// In folders and libraries, $ORIGIN is replaced by the folder of the file.
struct ElfNeeds {
  std::vector<std::string> libraries;  ///< DT_NEEDED
  std::vector<std::string> symbols;    ///< undefined, and not weak
  /// Where the libraries are looked for: DT_RUNPATH for these alone; DT_RPATH, which does not count
  /// beside it, for all that they need in turn as well.
  std::vector<std::string> runpath, rpath;
};

/// All empty where the file has no section headers to read this from. Throws std::runtime_error for
/// a damaged file.
ElfNeeds elf_needs(const std::filesystem::path& library);

}  // namespace assay::plugin_host
