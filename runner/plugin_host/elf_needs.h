// The dependencies of a shared library, read from its file (elf(5)) without running any of its
// code.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace assay::plugin_host {

/// The dependencies. In folders and libraries, the folder of the file replaces $ORIGIN.
struct ElfNeeds {
  std::vector<std::string> libraries;  ///< DT_NEEDED
  std::vector<std::string> symbols;    ///< undefined, and not weak
  /// The folders to search for the libraries. DT_RUNPATH applies to this file's libraries only.
  /// DT_RPATH, which DT_RUNPATH overrides, also applies to their dependencies in turn.
  std::vector<std::string> runpath, rpath;
};

/// Returns empty lists if the file has no section headers to read this from. Throws
/// std::runtime_error for a damaged file.
ElfNeeds elf_needs(const std::filesystem::path& library);

}  // namespace assay::plugin_host
