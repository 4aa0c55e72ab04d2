// The values of a picture, kept until it is drawn.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "assay/renderer.h"
#include "runner/data/rows.h"

namespace assay::picture {

/// Shares the rows with others that need them, and keeps copies of everything else; a copy of a
/// snapshot shares those. Borrows the names of parameters, which live as long as the model.
class StoredSnapshot {
 public:
  /// `data` tells what the samples and targets are.
  StoredSnapshot(std::int64_t step, std::shared_ptr<const data::Rows> data)
      : step_(step), data_(std::move(data)) {}

  /// Adds the first rows of a split; `outputs` has one row for each of them, or none at all.
  void add_rows(std::shared_ptr<const data::Rows> rows, std::int64_t count,
                MatrixView<const float> outputs) {
    const MatrixView<const float> kept = copy(outputs);
    rows_.push_back({rows->samples().slice(0, count), rows->targets().rows(0, count), kept});
    shared_.push_back(std::move(rows));
  }
  void add_weights(ParameterView parameter) {
    const auto count = static_cast<std::int64_t>(parameter.values.size());
    parameter.values = {copy({parameter.values.data(), 1, count, count}).data,
                        parameter.values.size()};
    weights_.push_back(parameter);
  }
  void set_values(MatrixView<const float> values) { values_ = copy(values); }

  std::int64_t step() const { return step_; }
  /// Returns the bytes of what was copied.
  std::size_t bytes() const {
    std::size_t count = 0;
    for (const auto& numbers : copies_) count += numbers->size();
    return count * sizeof(float);
  }

  /// Returns a view that is valid as long as this object.
  Snapshot view() const {
    return {step_,  data_->sample_shape, data_->target, data_->class_names(), rows_, weights_,
            values_};
  }

 private:
  // Copies the numbers, row by row.
  MatrixView<const float> copy(MatrixView<const float> from) {
    auto to = std::make_shared<std::vector<float>>();
    to->reserve(static_cast<std::size_t>(from.rows * from.columns));
    for (std::int64_t row = 0; row < from.rows; ++row)
      to->insert(to->end(), from.row(row), from.row(row) + from.columns);
    copies_.push_back(to);
    return {to->data(), from.rows, from.columns, from.columns};
  }

  std::int64_t step_;
  std::shared_ptr<const data::Rows> data_;
  std::vector<std::shared_ptr<const data::Rows>> shared_;
  std::vector<std::shared_ptr<const std::vector<float>>> copies_;
  std::vector<RowsView> rows_;
  std::vector<ParameterView> weights_;
  MatrixView<const float> values_;
};

}  // namespace assay::picture
