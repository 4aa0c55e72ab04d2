// A plugin library, open. Never closed: code of it may run until the process ends.
#pragma once

#include <filesystem>
#include <span>

#include "assay/plugin.h"

namespace assay::plugin_host {

/// Opens a library whose stamp was found good, and checks its manifest. Throws std::runtime_error
/// with the reason: unresolved symbols, no entry symbol, a manifest that does not fit or has
/// mistakes.
const Manifest& open_library(const std::filesystem::path& file);

inline std::span<const Component> components(const Manifest& manifest) {
  return {manifest.components, manifest.component_count};
}
inline std::span<const Parameter> parameters(const Component& component) {
  return {component.parameters, component.parameter_count};
}

}  // namespace assay::plugin_host
