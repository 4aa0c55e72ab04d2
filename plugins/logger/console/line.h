// The lines of the console logger: the progress of the run and the latest scalars.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "assay/logger.h"

namespace assay::console {

struct LatestValue {
  std::uint32_t id = 0;  ///< of the tag
  std::string name;
  double value = 0;
};

/// Returns a line for a terminal: a bar, the step, the rate, the remaining time, and values in the
/// given order. Parts that do not fit into `columns` are left out, the least important first; the
/// bar takes the remaining space.
std::string status_line(const Progress& progress, std::span<const LatestValue> values, int columns,
                        bool colours);

/// Returns a line for a file: the same in words, complete.
std::string plain_line(const Progress& progress, std::span<const LatestValue> values);

}  // namespace assay::console
