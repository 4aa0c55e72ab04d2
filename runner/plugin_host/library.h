// An open plugin library. It is never closed: its code may run until the process ends.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>

#include "assay/plugin.h"
#include "runner/plugin_host/default_check.h"

namespace assay::plugin_host {

/// Reports, in one line, something that the caller should know but that is no reason to refuse a
/// library.
using Warn = std::function<void(const std::string&)>;

/// Opens a library whose stamp was accepted, and checks its manifest. Throws std::runtime_error
/// with the reason: unresolved symbols, no entry symbol, an incompatible or invalid manifest. The
/// state of the process (process_state.h) stays the same, whatever the library does to it.
const Manifest& open_library(const std::filesystem::path& file, const Offers& elsewhere = {},
                             const Warn& warn = {});

inline std::span<const Component* const> components(const Manifest& manifest) {
  return {manifest.components, manifest.components_end};
}
inline std::span<const Parameter> parameters(const Component& component) {
  return {component.parameters, component.parameter_count};
}
inline std::span<const Facet> facets(const Component& component) {
  return {component.facets, component.facet_count};
}

}  // namespace assay::plugin_host
