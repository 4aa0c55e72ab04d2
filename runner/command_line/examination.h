// Examines one plugin in separate processes and prints the findings.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runner/command_line/common.h"

namespace assay::command_line {

struct Trial {
  std::vector<std::string> settings;  ///< "key=value", for the components
  double timeout = 20;                ///< seconds that a check may take
  std::int64_t memory = 4096;         ///< MiB that the plugin may use
  bool verbose = false;               ///< also print what passed
};

/// Checks the library's bytes first, then starts `assay plugins check FILE --child STEP`, which
/// runs the steps (conformance/trial.h) from that one on. If a step ends its process, the next
/// process continues after it. Prints a line for each check that failed, and a summary. Returns
/// true if nothing failed. Throws conformance::WrongSettings.
bool examine(const Common& common, const Trial& trial, const std::string& file);

}  // namespace assay::command_line
