// The commands of `assay`, one source file each. They return the exit code.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "assay/instruction_set.h"
#include "runner/plugin_host/plugin_host.h"

namespace assay::command_line {

/// For all commands.
struct Common {
  std::vector<std::string> plugin_path;        ///< --plugin-path
  std::optional<InstructionSet> instructions;  ///< --kernels
};

/// Looks for plugins where these options say. Throws assay::Error for kernels that the CPU cannot
/// run.
plugin_host::PluginHost make_plugin_host(const Common& common);

int run(const Common& common, const std::string& config, std::vector<std::string> overrides,
        bool describe_after);
/// Run folders (their final weights), checkpoints or configs (their initial weights).
int describe(const Common& common, const std::vector<std::string>& what);
int view(const std::string& folder, const std::vector<std::string>& arguments);
int list_plugins(const Common& common, const std::string& kind, bool why);
int describe_plugin(const Common& common, const std::string& name);

/// For `assay --version`. Throws like make_plugin_host.
std::string version_text(const Common& common);

}  // namespace assay::command_line
