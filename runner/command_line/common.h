// The options that all commands have, and what follows from them.
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

/// --kernels, or the best that the CPU has. Throws UsageError for what it cannot run.
InstructionSet kernels_to_use(const Common& common);

/// Looks for plugins where these options say. Throws UsageError for folders that do not exist and
/// for kernels that the CPU cannot run. From now on last words are said (last_words.h).
plugin_host::PluginHost make_plugin_host(const Common& common);

/// For `assay --version`. Throws like make_plugin_host.
std::string version_text(const Common& common);

}  // namespace assay::command_line
