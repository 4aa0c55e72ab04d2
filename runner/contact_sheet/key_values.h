// The keys that vary between the runs of a batch, and the values that the runs have.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runner/batch/batch.h"
#include "runner/batch/run_status.h"
#include "runner/contact_sheet/sheet.h"

namespace assay::contact_sheet {

/// Returns true if people sort `a` before `b`: digits count as numbers.
bool sorts_before(std::string_view a, std::string_view b);

struct KeyValues {
  std::vector<Key> keys;
  std::vector<std::vector<ValueIndex>> of_runs;  ///< by run of the batch, then by key
};

/// Returns the swept keys of which the runs have several values, those of `first` before the
/// others, and seeds last. A run has the value of its plan, or that of its settings where it has no
/// plan yet. Throws assay::Error if a key of `first` does not vary.
KeyValues key_values(const batch::Batch& batch, std::span<const batch::Status> statuses,
                     std::span<const std::string> first);

}  // namespace assay::contact_sheet
