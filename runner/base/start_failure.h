// Why the system did not start a thread or a program.
#pragma once

#include <string>
#include <string_view>

namespace assay::base {

/// Says that `what` ("git", "the logging thread") could not be started, and why. `error` is an
/// error number. EAGAIN means that a limit of the machine is reached, so the text names the limits.
std::string start_failure(std::string_view what, int error);

}  // namespace assay::base
