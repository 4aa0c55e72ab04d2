// Formats times.
#pragma once

#include <chrono>
#include <string>

namespace assay::base {

/// Returns the local time as strftime formats it. Throws std::runtime_error for a format that has
/// an unknown conversion, or gives no text or more than 200 bytes.
std::string formatted_time(const std::string& format, std::chrono::system_clock::time_point time);

/// Returns the time as "2026-11-30T14:15:00Z".
std::string utc_time(std::chrono::system_clock::time_point time);
/// Reads such a text. Returns 1970 for any other.
std::chrono::system_clock::time_point time_in(const std::string& text);

}  // namespace assay::base
