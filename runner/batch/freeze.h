// Freezes a batch: resolves and checks the plan of every run before the first one starts.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "runner/batch/batch.h"
#include "runner/batch/points.h"
#include "runner/config/diagnostics.h"
#include "runner/plugin_host/plugin_host.h"

namespace assay::batch {

struct Request {
  std::string name;
  std::vector<std::string> configs;    ///< files
  std::vector<std::string> arguments;  ///< settings and sweeps (sweep.h), beside those of configs
  std::optional<Trials> trials;
  std::vector<std::string> plugin_path = {};
  std::filesystem::path folder;  ///< of the batch
};

/// A batch whose plans are not written yet.
struct Frozen {
  Batch batch;
  std::vector<std::string> plans;  ///< plan.yaml of each of its runs
};

/// Resolves and checks all plans. Points that mean the same run become one. A run that an earlier
/// batch beside the folder has finished is taken from there. Returns nothing if any plan has a
/// problem; each problem is reported once, however many plans have it. Throws assay::Error for
/// wrong sweeps.
std::optional<Frozen> freeze(const Request& request, plugin_host::PluginHost& host,
                             config::Diagnostics& diagnostics);

/// Makes the folder of the batch, and writes its plans and then batch.json, so that the batch is
/// there as a whole or not at all. If the folder has this very batch already, it stays as it is and
/// is returned. Throws assay::Error if it has another one.
Batch write(const Frozen& frozen);

}  // namespace assay::batch
