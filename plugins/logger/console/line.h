// The lines that the console logger shows: where the run is and the latest scalars.
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

/// For a terminal: a bar, the step, rate and time to go, and values in the order given. What does
/// not fit into `columns` is left out, the least important first; the bar takes what is left over.
std::string status_line(const Progress& progress, std::span<const LatestValue> values, int columns,
                        bool colours);

/// For a file: the same in words, whole.
std::string plain_line(const Progress& progress, std::span<const LatestValue> values);

}  // namespace assay::console
