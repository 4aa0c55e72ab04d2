// One plugin, tried in processes of its own: what is said of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runner/command_line/common.h"

namespace assay::command_line {

struct Trial {
  std::vector<std::string> settings;  ///< "key=value", of the components that are made
  double timeout = 20;                ///< seconds that a check may take
  std::int64_t memory = 4096;         ///< MiB that the plugin may use
  bool verbose = false;               ///< says what passed, too
};

/// Looks at the library's bytes first, then starts `assay plugins check FILE --child STEP`, which
/// runs the steps (conformance/trial.h) from that one on; after a step that ended its process the
/// next process goes on behind it. Prints a line for each check that failed, and a summary. True:
/// nothing failed. Throws conformance::WrongSettings.
bool examine(const Common& common, const Trial& trial, const std::string& file);

}  // namespace assay::command_line
