// Messages for a thread or a program that the system did not start.
#pragma once

#include <string>
#include <string_view>

namespace assay::base {

/// Returns a message that `what` ("git", "the logging thread") could not be started, and why.
/// `error` is an error number. EAGAIN means that a limit of the machine is reached, so the text
/// then names the limits.
std::string start_failure(std::string_view what, int error);

}  // namespace assay::base
