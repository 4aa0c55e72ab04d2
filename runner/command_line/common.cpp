#include "runner/command_line/common.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

#include "assay/stamp.h"
#include "runner/command_line/last_words.h"
#include "runner/command_line/usage_error.h"
#include "runner/plugin_host/cpu.h"
#include "runner/plugin_host/search_path.h"
#include "runner/version.h"

namespace assay::command_line {

InstructionSet kernels_to_use(const Common& common) {
  const InstructionSet cpu = plugin_host::cpu_instruction_set();
  const InstructionSet wanted = common.instructions.value_or(cpu);
  if (wanted > cpu)
    throw UsageError(
        fmt::format("--kernels {}: this CPU has {} at best; leave --kernels out to use it",
                    name_of(wanted), name_of(cpu)));
  return wanted;
}

plugin_host::PluginHost make_plugin_host(const Common& common) {
  for (const std::string& folder : common.plugin_path)
    if (std::error_code error; !std::filesystem::is_directory(folder, error))
      throw UsageError(fmt::format("--plugin-path {}: {}", folder,
                                   error ? error.message() : "this is not a folder"));
  catch_last_words(common.json);
  return plugin_host::PluginHost(plugin_host::plugin_folders(common.plugin_path),
                                 kernels_to_use(common));
}

std::string version_text(const Common& common) {
  return fmt::format("assay {} (SDK {}, {} kernels; this CPU has {})\nplugins: {}", ASSAY_VERSION,
                     plugin_host::host_stamp().sdk, name_of(kernels_to_use(common)),
                     name_of(plugin_host::cpu_instruction_set()), ASSAY_ABI);
}

}  // namespace assay::command_line
