// The config in the run folder, as it was written.
#pragma once

#include <memory>
#include <span>

#include "runner/base/folder.h"
#include "runner/config/source.h"

namespace assay::run_folder {

/// Writes config.yaml, the text of `config`. Where more files were read than that (what it extends,
/// fragments), config/ gets a copy of each, at its place below the folder that they all lie in.
/// Throws assay::Error.
void copy_config(const base::Folder& run_folder, const config::Source& config,
                 std::span<const std::shared_ptr<const config::Source>> files);

}  // namespace assay::run_folder
