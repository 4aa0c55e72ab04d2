// Makes the data of an experiment: the dataset, its splits, the batches, the rows.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runner/experiment/component_maker.h"
#include "runner/experiment/experiment.h"
#include "runner/experiment/splits.h"

namespace assay::experiment {

struct OpenedDataset {
  plugin_host::Handle<Dataset> dataset;
  std::optional<data::Description> description;  ///< nothing: a problem was reported

  // A component within a dataset is told the length of the run.
  friend bool may_share(const OpenedDataset& opened) {
    return is_stateless(opened.dataset.object()) && opened.dataset.object().nested.empty();
  }
};

class DataAssembly {
 public:
  /// Borrows both.
  DataAssembly(ComponentMaker& maker, Experiment& experiment)
      : maker_(maker),
        draft_(maker.draft),
        diagnostics_(maker.diagnostics),
        blame_(maker.blame),
        out_(experiment) {}

  /// Opens the dataset, divides its rows, and finds the length of the run. Reads no rows.
  void measure();
  /// Returns the names of the splits; nothing if they are unknown.
  std::optional<std::vector<std::string>> split_names() const;
  /// Reads these splits, and so many first rows of each for pictures. Returns false if that was
  /// impossible.
  bool read(const std::map<std::string, std::int64_t>& shown_rows);
  /// Checks the values that were read.
  void check_values_read();

 private:
  using SharedRows = std::shared_ptr<const data::Rows>;

  void describe_data();
  std::optional<OpenedDataset> open_dataset();
  void cut_rows();
  std::optional<std::shared_ptr<SplitRows>> cut_anew();
  /// Returns the place of the split in the config; an argument that sets a part of it takes
  /// precedence.
  config::Location split_place() const;
  void measure_training();
  std::int64_t steps_of(std::int64_t epochs) const;
  SharedRows read_split(const std::string& name, std::int64_t shown);
  void check_rows_fit(const std::string& split, std::span<const std::int64_t> rows,
                      std::int64_t shown);
  std::vector<std::int64_t> first_rows(std::int64_t count) const;

  ComponentMaker& maker_;
  const plan::Draft& draft_;
  config::Diagnostics& diagnostics_;
  Blame& blame_;
  Experiment& out_;
  std::optional<plugin_host::Handle<Dataset>> dataset_;
  std::shared_ptr<SplitRows> rows_;
  std::string read_;  // the splits that were read, as a part that experiments share
};

}  // namespace assay::experiment
