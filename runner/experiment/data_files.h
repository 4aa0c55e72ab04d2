// The files that components read, as far as their parameter tables show: their options of type
// `path`.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/parameter.h"
#include "runner/plan/catalogue.h"
#include "runner/plan/plan.h"

namespace assay::experiment {

struct DataFile {
  std::string option;  ///< that names it: "samples", "files.0"
  std::string path;
};

class DataFiles {
 public:
  DataFiles(const plan::ComponentPlan& dataset, std::span<const Parameter> table);

  /// Returns the file that holds the "samples" or the "targets": the only possible one, or that of
  /// an option of this name. Returns nothing if that is not known: if the table has several
  /// options, one that is left out may stand for a file that the dataset finds by itself.
  std::optional<DataFile> with(std::string_view part) const;
  const std::vector<DataFile>& files() const { return files_; }
  /// Returns "its files are /a.idx and /b.idx"; nothing if there are none.
  std::string listed() const;

 private:
  void add(const plan::Values& values, std::span<const Parameter> table, const std::string& group);
  void add(const plan::Value& value, const Parameter& parameter, const std::string& option);

  std::vector<DataFile> files_;
  std::size_t options_ = 0;  ///< of type `path` that the table has
};

/// Returns the absolute paths in options of the components that compute: the dataset, the model and
/// so on, but not hooks and loggers, whose paths may be for writing.
std::set<std::string> paths_read_by(const plan::Content& plan, plan::Catalogue& catalogue);

}  // namespace assay::experiment
