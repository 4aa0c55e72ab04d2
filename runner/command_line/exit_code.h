// The exit codes of the process.
#pragma once

namespace assay::command_line {

inline constexpr int done = 0;
inline constexpr int run_failed = 1;
inline constexpr int usage_error = 2;    ///< the config or the command line is wrong
inline constexpr int partly_failed = 3;  ///< trained to the end, but with failures on the way
inline constexpr int by_signal = 128;    ///< plus the signal's number: stopped after saving

}  // namespace assay::command_line
