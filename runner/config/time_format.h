// Expands ${now:...} in the texts of a config.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace assay::config {

/// Replaces `${now:FORMAT}` by the local time, as strftime formats it, and `\${` by `${`. Throws
/// std::runtime_error for a format that gives nothing, or more than 200 bytes.
std::string expand_now(std::string_view text, std::chrono::system_clock::time_point time);

}  // namespace assay::config
