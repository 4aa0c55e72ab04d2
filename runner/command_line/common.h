// The options that all commands have, and the objects made from them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "assay/instruction_set.h"
#include "runner/plugin_host/plugin_host.h"

namespace assay::command_line {

struct Common {
  std::vector<std::string> plugin_path;        ///< --plugin-path
  std::optional<InstructionSet> instructions;  ///< --kernels
  bool json = false;                           ///< --format json
};

/// Returns --kernels, or the best of the CPU. Throws UsageError if the CPU cannot run them.
InstructionSet kernels_to_use(const Common& common);

/// Searches for plugins according to these options. Throws UsageError for folders that do not exist
/// and for kernels that the CPU cannot run. From now on crashes are reported (last_words.h).
plugin_host::PluginHost make_plugin_host(const Common& common);

/// Returns the text of `assay --version`. Throws like make_plugin_host.
std::string version_text(const Common& common);

}  // namespace assay::command_line
