// Some rows of a dataset in their own order: a split.
//
// Targets are in memory. Samples are where they cost least. Those of a small split are in memory,
// one after the other. Those of a large split stay in the dataset; a thread that computes on a
// block of rows reads them when it needs them. Both ways give the same numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/dataset.h"
#include "runner/base/buffer.h"
#include "runner/plugin_host/component.h"

namespace assay::data {

/// The result of Dataset::describe.
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

/// Asks the dataset and checks its answers. Throws plugin_host::ComponentError or assay::Error.
Description describe(const plugin_host::Handle<Dataset>& dataset);

/// The maximum bytes of a split's samples that are copied into memory.
struct CopyLimits {
  /// The limit if the dataset shows its samples in memory already. A copy in the order of the split
  /// then only avoids gathering rows, and only pays while it fits into a cache.
  std::size_t of_view = std::size_t{16} << 20;
  /// The limit if the dataset would have to read or compute them again in every epoch.
  std::size_t of_read = std::size_t{256} << 20;
};

class Rows {
 public:
  Shape sample_shape;
  Target target;
  std::int64_t count = 0;

  /// Returns the samples of the first rows, which lie in memory one after the other: [rows,
  /// elements of a sample]. These are `count` rows unless the split is large.
  MatrixView<const float> samples() const { return in_order_; }
  /// Returns the targets: [count, ...], contiguous.
  ConstTensorView targets() const;
  std::span<const std::string_view> class_names() const { return *class_names_; }
  /// Returns the number in the dataset of the row at this position.
  std::int64_t number(std::int64_t position) const {
    return numbers_[static_cast<std::size_t>(position)];
  }
  /// Returns true if samples() is a copy in this object, not the dataset's own memory.
  bool owns_samples() const { return samples_.size() > 0; }
  /// Returns the bytes of this object's memory, without the dataset's own.
  std::size_t bytes() const {
    return samples_.size() + targets_.size() + numbers_.size() * sizeof(std::int64_t);
  }

  /// Returns the samples of rows [first, first + rows), either directly from memory or copied to
  /// `scratch`, which must have room for them. May be called from any thread. Throws
  /// plugin_host::ComponentError.
  MatrixView<const float> block(std::int64_t first, std::int64_t rows, float* scratch) const;
  /// Writes the samples of the rows at these positions to `scratch` and returns them.
  MatrixView<const float> gather(std::span<const std::int64_t> positions, float* scratch) const;
  /// Prefetches those rows at these positions that are in memory, and returns at once. The next
  /// access does not have to wait for memory then. Has no other effect.
  void ask_for(std::span<const std::int64_t> positions) const;

 private:
  friend Rows read(const plugin_host::Handle<Dataset>&, const Description&,
                   std::vector<std::int64_t>, std::int64_t, const CopyLimits&);
  friend Rows read_without_targets(const plugin_host::Handle<Dataset>&, const Description&,
                                   std::vector<std::int64_t>, const CopyLimits&);
  void take_samples(const plugin_host::Handle<Dataset>& dataset, const Description& description,
                    std::vector<std::int64_t> rows, std::int64_t shown, const CopyLimits& limits);
  bool all_in_order() const { return in_order_.rows == count; }
  void read_samples(std::span<const std::int64_t> numbers, MatrixView<float> out) const;

  base::Buffer samples_;
  base::Buffer targets_;
  MatrixView<const float> in_order_;   ///< in samples_, or a part of the dataset's view
  std::vector<std::int64_t> numbers_;  ///< rows of the dataset, by position
  // The source of the other samples; empty if there are none.
  plugin_host::Handle<Dataset> dataset_;
  MatrixView<const float> view_;
  std::shared_ptr<const std::vector<std::string>> name_texts_;
  std::shared_ptr<const std::vector<std::string_view>> class_names_;
};

/// Returns the bytes that read() will take for these rows, without reading any.
std::size_t bytes_to_read(const plugin_host::Handle<Dataset>& dataset,
                          const Description& description, std::span<const std::int64_t> rows,
                          std::int64_t shown = 0, const CopyLimits& limits = {});

/// Reads rows by number, in the given order. The first `shown` are always in memory. Throws
/// plugin_host::ComponentError, and assay::Error for a class that was not declared.
Rows read(const plugin_host::Handle<Dataset>& dataset, const Description& description,
          std::vector<std::int64_t> rows, std::int64_t shown = 0, const CopyLimits& limits = {});

/// Reads the target of the first row. A dataset without targets then throws, as it does wherever
/// targets are read: plugin_host::ComponentError.
void check_has_targets(const plugin_host::Handle<Dataset>& dataset, const Description& description);

/// Reads only the samples of rows. The rows have no targets: do not call targets(). Throws like
/// read().
Rows read_without_targets(const plugin_host::Handle<Dataset>& dataset,
                          const Description& description, std::vector<std::int64_t> rows,
                          const CopyLimits& limits = {});

/// Returns the number of rows of each class; empty if the targets are not classes.
std::vector<std::int64_t> rows_by_class(const Rows& rows);

}  // namespace assay::data
