// A plugin library, open. Never closed: code of it may run until the process ends.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>

#include "assay/plugin.h"
#include "runner/plugin_host/default_value.h"

namespace assay::plugin_host {

/// What the opener should know, though it is no reason to refuse a library: one line.
using Warn = std::function<void(const std::string&)>;

/// Opens a library whose stamp was found good, and checks its manifest. Throws std::runtime_error
/// with the reason: unresolved symbols, no entry symbol, a manifest that does not fit or has
/// mistakes. The process keeps its state (process_state.h), whatever the library does to it.
const Manifest& open_library(const std::filesystem::path& file, const Offers& elsewhere = {},
                             const Warn& warn = {});

inline std::span<const Component> components(const Manifest& manifest) {
  return {manifest.components, manifest.component_count};
}
inline std::span<const Parameter> parameters(const Component& component) {
  return {component.parameters, component.parameter_count};
}

}  // namespace assay::plugin_host
