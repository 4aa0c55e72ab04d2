// Reads of run.json what a list of runs shows. A list may have ten thousand runs, and a tree of
// JSON takes most of the time, so this builds none, and stops where the rest is of no interest.
#pragma once

#include <optional>
#include <string_view>

#include "runner/run/run_record.h"

namespace assay::run {

enum class BriefPart {
  result,          ///< how it went: up to `failures`
  result_and_plan  ///< and `plan`
};

/// Returns a record with name, state, reason, start, end, steps, times, digests of plan and
/// weights, final values, scalars, failures and whether it is complete; the other members are
/// empty. Returns nothing for a text that is no record of a run. What stands behind the last of
/// these parts is not looked at.
std::optional<RunRecord> read_brief(std::string_view text, BriefPart part = BriefPart::result);

}  // namespace assay::run
