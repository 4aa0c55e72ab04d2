// Records of every content, and facts about a made-up run, for loggers that are examined.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "assay/record.h"
#include "runner/logging/run_facts.h"

namespace assay::conformance {

/// Sends records of every content but scalars: plain ones, and those at the limits of what record.h
/// allows. The last one is of a type that no version knows. The tags have the numbers from
/// `first_id` on.
void send_every_content(std::uint32_t first_id, std::int64_t step, double wall_time,
                        const std::function<void(const Record&)>& send);

/// Returns a small plan with every type of value, a graph, tags, splits and classes.
std::shared_ptr<const logging::RunFacts> sample_facts();

}  // namespace assay::conformance
