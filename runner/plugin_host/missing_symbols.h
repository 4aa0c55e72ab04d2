// Explains why a library does not link. The dynamic linker names only the first missing symbol;
// this finds all of them.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace assay::plugin_host {

/// Returns the C++ name of a symbol; the symbol itself if it is not a C++ name.
std::string demangled(const std::string& symbol);

/// Guesses from a demangled name what the plugin's build lacks: "libcairo; link it:
/// dependency('cairo')". Empty if it knows nothing.
std::string probable_origin(std::string_view name);

/// Returns one line for each library of DT_NEEDED that does not open. If all open, returns one line
/// for each symbol that neither they nor this program define. (With a missing library, nobody can
/// tell which symbols it would define.) Opens those libraries, but not the plugin itself. Empty if
/// the file has no section headers to read this from. Throws std::runtime_error for a damaged file.
std::vector<std::string> missing_symbols(const std::filesystem::path& library);

}  // namespace assay::plugin_host
