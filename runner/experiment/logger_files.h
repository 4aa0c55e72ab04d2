// Finds loggers of one type that write the same file.
#pragma once

#include "runner/config/diagnostics.h"
#include "runner/plan/draft.h"
#include "runner/plugin_host/plugin_host.h"

namespace assay::experiment {

/// Reports loggers of one type that would write the same file. It creates another instance of each
/// and opens it with files in memory. Warns of two that write no file, because one duplicates the
/// other.
void check_logger_files(const plan::Draft& draft, plugin_host::PluginHost& host,
                        config::Diagnostics& diagnostics);

}  // namespace assay::experiment
