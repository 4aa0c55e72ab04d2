// Files that are no configs, and that people give to a program by mistake.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace assay::config {

struct KnownFile {
  std::string what;  ///< "a checkpoint (safetensors)"
  std::string hint;  ///< what to do with it; may be empty
};

/// Recognises a file by how it starts. `path` is for the hint, which names the run folder that the
/// file is in, if it is in one. Returns nothing for what may be a config.
std::optional<KnownFile> known_file(const std::string& path, std::string_view start);

}  // namespace assay::config
