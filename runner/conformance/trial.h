// All tests of a library, step by step. A step may crash its process, so `assay plugins check` runs
// them in separate processes.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "runner/conformance/check.h"
#include "runner/plugin_host/plugin_host.h"

namespace assay::conformance {

struct Step {
  std::string subject;  ///< "library", "optimizer sgd"
  Check check;
};

/// How a step ended.
enum class Verdict { passed, failed, not_run };
struct StepOutcome {
  Verdict verdict = Verdict::passed;
  std::string text;
  double seconds = 0;
  std::int64_t kilobytes = 0;  ///< the greatest growth of the process during the step
};

/// Runs the step; an exception is an outcome as well.
StepOutcome attempt(const Check& check);

/// Returns the first step of all: the library opens without a warning, and its manifest is valid
/// and agrees with its stamp. Borrows `host`, which must have found the library.
Step opening(const std::filesystem::path& library, plugin_host::PluginHost& host);

/// The step of a component that all its other steps depend on.
inline constexpr const char* making_step = "can be made";
/// Returns the same step, not run, because creating the component crashed a process before.
Step skipped(const Step& step);

/// The name of the phase after all steps, whose only outcome is that of the process.
inline constexpr const char* last_step = "ends with the process";

/// Returns the other steps, always in the same number and order, for a library that opens. For each
/// component they check that its options are documented, that it can be created with defaults and
/// with extreme options, and the suite of its kind. Borrows `host`, which searches the library
/// first. `private_libraries` is as in subject.h, `settings` as in settings.h. Throws WrongSettings
/// (configured.h).
std::vector<Step> steps(const std::filesystem::path& library, plugin_host::PluginHost& host,
                        const std::vector<std::string>& settings,
                        const std::vector<std::filesystem::path>& private_libraries);

}  // namespace assay::conformance
