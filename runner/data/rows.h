// Some rows of a dataset in an order of their own: a split.
//
// Targets are in memory. Samples are where that costs least: those of a small split in memory, one
// after the other; those of a large one stay in the dataset, and whoever computes on a block of
// rows gets them then, on its own thread. Every way gives the same numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/dataset.h"
#include "runner/data/buffer.h"
#include "runner/plugin_host/component.h"

namespace assay::data {

/// What Dataset::describe said.
struct Description {
  std::int64_t rows = 0;
  Shape sample_shape;
  Target target;
  std::vector<std::string> class_names;
  struct Split {
    std::string name;
    std::vector<std::int64_t> rows;
  };
  std::vector<Split> splits;
};

/// Asks the dataset and checks what it says. Throws plugin_host::ComponentError or assay::Error.
Description describe(const plugin_host::Handle<Dataset>& dataset);

/// The most bytes of a split's samples that are copied into memory.
struct CopyLimits {
  /// Where the dataset shows its samples in memory already: a copy in the order of the split only
  /// saves gathering rows while it fits into a cache.
  std::size_t of_view = std::size_t{16} << 20;
  /// Where it would have to read or make them again for every epoch.
  std::size_t of_read = std::size_t{256} << 20;
};

class Rows {
 public:
  Shape sample_shape;
  Target target;
  std::int64_t count = 0;

  /// [rows, elements of a sample]: those of the first rows that lie in memory one after the other;
  /// `count` of them unless the split is a large one.
  MatrixView<const float> samples() const { return in_order_; }
  /// [count, ...], contiguous
  ConstTensorView targets() const;
  std::span<const std::string_view> class_names() const { return *class_names_; }
  /// Returns the number in the dataset of the row at this position.
  std::int64_t number(std::int64_t position) const {
    return numbers_[static_cast<std::size_t>(position)];
  }
  /// True where samples() are a copy of its own, not what the dataset shows.
  bool owns_samples() const { return samples_.size() > 0; }
  /// Memory of its own; not what lies in the dataset.
  std::size_t bytes() const {
    return samples_.size() + targets_.size() + numbers_.size() * sizeof(std::int64_t);
  }

  /// The samples of rows [first, first + rows): as they lie in memory, or else written to
  /// `scratch`, which has room for them. From any thread. Throws plugin_host::ComponentError.
  MatrixView<const float> block(std::int64_t first, std::int64_t rows, float* scratch) const;
  /// The samples of the rows at these positions, written to `scratch`.
  MatrixView<const float> gather(std::span<const std::int64_t> positions, float* scratch) const;
  /// Asks memory for what lies there of the rows at these positions, and goes on: who needs them
  /// next does not wait for them then. Changes nothing else.
  void ask_for(std::span<const std::int64_t> positions) const;

 private:
  friend Rows read(const plugin_host::Handle<Dataset>&, const Description&,
                   std::vector<std::int64_t>, std::int64_t, const CopyLimits&);
  bool all_in_order() const { return in_order_.rows == count; }
  void read_samples(std::span<const std::int64_t> numbers, MatrixView<float> out) const;

  Buffer samples_;
  Buffer targets_;
  MatrixView<const float> in_order_;   ///< in samples_, or a part of the dataset's view
  std::vector<std::int64_t> numbers_;  ///< rows of the dataset, by position
  // Where the other samples are; empty if there are none.
  plugin_host::Handle<Dataset> dataset_;
  MatrixView<const float> view_;
  std::shared_ptr<const std::vector<std::string>> name_texts_;
  std::shared_ptr<const std::vector<std::string_view>> class_names_;
};

/// Returns the bytes that read() will take for these rows, without reading any.
std::size_t bytes_to_read(const plugin_host::Handle<Dataset>& dataset,
                          const Description& description, std::span<const std::int64_t> rows,
                          std::int64_t shown = 0, const CopyLimits& limits = {});

/// Rows by number, in the order given. The first `shown` are in memory in any case. Throws
/// plugin_host::ComponentError, and assay::Error for a class that was not declared.
Rows read(const plugin_host::Handle<Dataset>& dataset, const Description& description,
          std::vector<std::int64_t> rows, std::int64_t shown = 0, const CopyLimits& limits = {});

}  // namespace assay::data
