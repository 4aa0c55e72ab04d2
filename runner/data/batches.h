// Selects the rows that each step trains on. The selection depends only on the seed and the number
// of finished steps, so a run can resume at any step without replaying the earlier ones.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace assay::data {

/// Rows [first, first + rows) in the order of an epoch.
struct Batch {
  std::int64_t epoch = 0;  ///< from 0
  std::int64_t first = 0;
  std::int64_t rows = 0;
};

class Batches {
 public:
  /// Divides `rows` (at least 1) rows of the training split into batches of `batch_size`. If it is
  /// absent or larger than `rows`, a batch contains all rows. If it does not divide `rows`, the
  /// last batch of an epoch is smaller. Throws Error if there are no rows or if the batch size is
  /// below 1.
  Batches(std::int64_t rows, std::optional<std::int64_t> batch_size, bool shuffle,
          std::uint64_t seed);

  std::int64_t rows() const { return rows_; }
  std::int64_t batch_size() const { return batch_size_; }
  std::int64_t steps_per_epoch() const { return (rows_ + batch_size_ - 1) / batch_size_; }
  bool whole() const { return batch_size_ == rows_; }

  /// Returns the batch of the step that follows `finished` >= 0 finished steps.
  Batch batch(std::int64_t finished) const;

  /// Returns the positions 0 to rows - 1 of the training split in the order of an epoch (from 0).
  /// Shuffled, they are numpy.random.RandomState([seed's low and high word, epoch's low and high
  /// word]) .permutation(rows). Without shuffling, and for whole batches, they are in ascending
  /// order.
  std::vector<std::int64_t> order(std::int64_t epoch) const;

 private:
  std::int64_t rows_;
  std::int64_t batch_size_;
  bool shuffle_;
  std::uint64_t seed_;
};

}  // namespace assay::data
