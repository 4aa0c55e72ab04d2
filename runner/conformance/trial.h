// All that is tried with a library, step by step. A step may end the process that runs it: that is
// what `assay plugins check` has processes of their own for.
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
struct Outcome {
  Verdict verdict = Verdict::passed;
  std::string text;
  double seconds = 0;
  std::int64_t kilobytes = 0;  ///< that the process grew by at most, on the way
};

/// Runs the step; what it throws is an outcome as well.
Outcome attempt(const Check& check);

/// The first step of all: the library opens without a warning, and its manifest is sound and agrees
/// with its stamp. `host` is borrowed and has found the library.
Step opening(const std::filesystem::path& library, plugin_host::PluginHost& host);

/// The step of a component that all others of it need.
inline constexpr const char* making_step = "can be made";
/// The same step, not run, where the component's making ended a process before.
Step skipped(const Step& step);

/// The name of what comes behind all steps, and has no outcome but that of the process.
inline constexpr const char* last_step = "ends with the process";

/// The other steps, always the same in number and order, for a library that opens: for each
/// component whether its options are documented, whether it can be made with defaults and with
/// extreme options, and the suite of its kind. `host` is borrowed and looks at the library first;
/// `private_libraries` as in subject.h; `settings` as in settings.h. Throws WrongSettings
/// (options.h).
std::vector<Step> steps(const std::filesystem::path& library, plugin_host::PluginHost& host,
                        const std::vector<std::string>& settings,
                        const std::vector<std::filesystem::path>& private_libraries);

}  // namespace assay::conformance
