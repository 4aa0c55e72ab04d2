// Gathers the data of a contact sheet from the run folders of a batch.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "runner/batch/batch.h"
#include "runner/batch/run_status.h"
#include "runner/contact_sheet/sheet.h"

namespace assay::contact_sheet {

/// The user's choices. What is empty is chosen by what the batch has.
struct Choices {
  /// Tags of scalars, at most two. The last value of the first one is the result of a run. By
  /// default a metric of the test rows and the loss, as far as there are such.
  std::vector<std::string> values;
  std::string picture;            ///< a tag; by default that of the latest pictures
  std::vector<std::string> keys;  ///< that come first: the first colours curves, two are axes
};

/// Throws assay::Error, with what there is, for a choice that the batch does not have, and with the
/// path for a file that cannot be read.
Sheet gather(const batch::Batch& batch, std::span<const batch::Status> statuses,
             const Choices& choices);

}  // namespace assay::contact_sheet
