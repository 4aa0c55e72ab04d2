// The data that a trained model is used on: those of its run, or others.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runner/data/rows.h"
#include "runner/experiment/splits.h"
#include "runner/plan/plan.h"
#include "runner/plugin_host/component.h"
#include "runner/run/data_form.h"

namespace assay::inference {

class UsedData {
 public:
  /// Describes the dataset, and checks that its samples have the shape of those that the model was
  /// trained on. Throws plugin_host::ComponentError and assay::Error.
  UsedData(plugin_host::Handle<Dataset> dataset, std::optional<plan::SplitPlan> split,
           const run::DataForm& trained_on);

  const plugin_host::Handle<Dataset>& dataset() const { return dataset_; }

  /// Returns the names of the splits, sorted, as the plan or the dataset divides the rows. Throws
  /// assay::Error.
  std::vector<std::string> splits() const;

  /// Returns the split that a name means: "eval" may stand for several (plan/value_name.h), and
  /// "all" for all rows in the order of the dataset. Throws assay::Error if there is none.
  std::string meant_split(const std::string& name) const;

  /// Reads the rows of a split with their targets. The classes are those of the training data.
  /// Throws plugin_host::ComponentError, and assay::Error for other classes than those of the
  /// training data, and for rows that do not fit into memory.
  data::Rows rows(const std::string& split) const;
  /// Does the same without targets, which the rows need not have.
  data::Rows rows_without_targets(const std::string& split) const;

 private:
  std::vector<std::int64_t> numbers(const std::string& split) const;
  experiment::SplitRows divided() const;
  void check_targets() const;
  void check_memory(const std::string& split, const std::vector<std::int64_t>& rows,
                    const data::Description& description) const;

  plugin_host::Handle<Dataset> dataset_;
  std::optional<plan::SplitPlan> split_;
  run::DataForm trained_on_;
  data::Description description_;
};

}  // namespace assay::inference
