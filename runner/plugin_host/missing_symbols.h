// Why a library does not link: all that it needs and nobody has, where the dynamic linker names
// only the first.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace assay::plugin_host {

/// The name as its author wrote it; itself where it is no C++ name.
std::string demangled(const std::string& symbol);

/// What is probably forgotten in the plugin's build, from the look of a demangled name: "libcairo;
/// link it: dependency('cairo')". Empty where nothing is known.
std::string probable_origin(std::string_view name);

/// One line for each library of DT_NEEDED that does not open; where all do, for each symbol that
/// neither they nor this program have (of others nobody knows whether a lacking library has them).
/// Opens those libraries, but not the plugin itself. Empty where the file has no section headers to
/// read this from. Throws std::runtime_error for a damaged file.
std::vector<std::string> missing_symbols(const std::filesystem::path& library);

}  // namespace assay::plugin_host
