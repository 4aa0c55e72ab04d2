// Gives a logger one record.
#pragma once

#include <cstdint>

#include "assay/logger.h"

namespace assay::test {

template <Content T>
void give(Logger& logger, const Tag& tag, std::int64_t step, double wall_time, const T& content) {
  logger.record(record_of(tag, step, wall_time, content));
}

}  // namespace assay::test
