// Files that are not configs but that users pass to the program by mistake.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace assay::config {

struct KnownFile {
  std::string what;  ///< "a checkpoint (safetensors)"
  std::string hint;  ///< what to do with it; may be empty
};

/// Recognises a file by its first bytes. `path` is for the hint, which names the run folder that
/// contains the file, if any. Returns nothing if the file may be a config.
std::optional<KnownFile> known_file(const std::string& path, std::string_view start);

}  // namespace assay::config
