// Compares a run that goes on with the run that began.
#pragma once

#include <string>

#include "runner/plan/plan.h"
#include "runner/plugin_host/plugin_host.h"
#include "runner/run/run_record.h"

namespace assay::run {

/// Throws assay::Error, with the file of the record, if a run of this plan that goes on would
/// compute something else than the run that `began`: with another plan, other kernels, lanes or
/// blocks, or another library of a plugin. A shortened record names no plugins, so none are
/// compared. `differences` says where the plans differ, as far as that is known.
void check_is_same_run(const std::string& record_file, const RunRecord& began,
                       const RunRecord& goes_on, const plan::Plan& plan,
                       const plugin_host::PluginHost& host, const std::string& differences);

}  // namespace assay::run
