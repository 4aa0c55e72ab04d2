// Formats numbers and times for a quick look.
#pragma once

#include <string>

namespace assay::console {

/// Returns four significant digits: "20.18", "0.1138", "1.200e-05", "nan", "-inf".
std::string short_number(double value);

/// Returns "412 steps/s", "3.2 steps/s", "12.3k steps/s"; below one per second "2.5 s/step". Empty
/// if nothing was measured (not above 0).
std::string short_rate(double steps_per_second);

/// Returns "0:07", "12:03", "1:02:03", "2d 03:04:05", rounded to seconds; `seconds` >= 0 and
/// finite.
std::string short_duration(double seconds);

}  // namespace assay::console
