// Which rows each step trains on. A pure function of the seed and the number of finished steps, so
// that a run can be resumed at any step without replaying those before it.
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
  /// `rows` of the training split, at least 1, in batches of `batch_size` (nothing, or more than
  /// there are: all rows), the last one of an epoch smaller where they do not divide.
  /// Throws Error when there are no rows or the batch size is below 1.
  Batches(std::int64_t rows, std::optional<std::int64_t> batch_size, bool shuffle,
          std::uint64_t seed);

  std::int64_t rows() const { return rows_; }
  std::int64_t batch_size() const { return batch_size_; }
  std::int64_t steps_per_epoch() const { return (rows_ + batch_size_ - 1) / batch_size_; }
  bool whole() const { return batch_size_ == rows_; }

  /// The batch of the step that follows `finished` >= 0 finished steps.
  Batch batch(std::int64_t finished) const;

  /// The positions 0 to rows - 1 of the training split in the order of an epoch (from 0): shuffled,
  /// numpy.random.RandomState([seed's low and high word, epoch's low and high word])
  /// .permutation(rows); without shuffling, and for whole batches, as they are.
  std::vector<std::int64_t> order(std::int64_t epoch) const;

 private:
  std::int64_t rows_;
  std::int64_t batch_size_;
  bool shuffle_;
  std::uint64_t seed_;
};

}  // namespace assay::data
