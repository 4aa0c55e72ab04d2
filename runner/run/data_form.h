// data.json: the form of the data that a run is trained on. It allows a trained model to be used
// when that data no longer exists.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "assay/dataset.h"
#include "runner/base/folder.h"
#include "runner/experiment/experiment.h"

namespace assay::run {

struct DataForm {
  Shape sample_shape;
  Target target;
  std::vector<std::string> class_names;  ///< empty if the target is not a class
  std::vector<std::int64_t> class_rows;  ///< rows of each class in the training split
};

/// Returns the form of an experiment's data.
DataForm data_form(const experiment::Experiment& experiment);

/// Writes data.json, and returns the digest of its content. Throws assay::Error.
std::string write_data_form(const base::Folder& run_folder, const DataForm& form);

/// Reads data.json. Throws assay::Error if there is none, or if it is something else.
DataForm read_data_form(const base::Folder& run_folder);

}  // namespace assay::run
