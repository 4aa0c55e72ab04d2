// Copies the config to the run folder, as it was written.
#pragma once

#include <memory>
#include <span>

#include "runner/base/folder.h"
#include "runner/config/source.h"

namespace assay::run {

/// Writes config.yaml, the text of `config`. If further files were read (files that it extends,
/// fragments), copies each into config/, at its place below their common folder. Throws
/// assay::Error.
void copy_config(const base::Folder& run_folder, const config::Source& config,
                 std::span<const std::shared_ptr<const config::Source>> files);

}  // namespace assay::run
