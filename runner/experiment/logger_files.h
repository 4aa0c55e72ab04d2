// Loggers of one type, which write beside each other where their files differ.
#pragma once

#include "runner/config/diagnostics.h"
#include "runner/plan/plan.h"
#include "runner/plugin_host/plugin_host.h"

namespace assay::experiment {

/// Reports loggers of one type that would write the same file. Each is made once more for that and
/// opened with files in memory. Warns of two that write no file: whatever they do is done twice.
void check_logger_files(const plan::Plan& plan, plugin_host::PluginHost& host,
                        config::Diagnostics& diagnostics);

}  // namespace assay::experiment
