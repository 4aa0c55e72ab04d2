#include "runner/data/batches.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "assay/error.h"
#include "runner/data/random_state.h"

namespace assay::data {

Batches::Batches(std::int64_t rows, std::optional<std::int64_t> batch_size, bool shuffle,
                 std::uint64_t seed)
    : rows_(rows),
      batch_size_(std::min(batch_size.value_or(rows), rows)),
      shuffle_(shuffle && !whole()),
      seed_(seed) {
  if (rows < 1) throw Error("the training split has no rows; expected at least one");
  if (batch_size_ < 1)
    throw Error(fmt::format("train.batch_size: expected at least 1, found {}", batch_size_));
}

Batch Batches::batch(std::int64_t finished) const {
  const std::int64_t first = finished % steps_per_epoch() * batch_size_;
  return {.epoch = finished / steps_per_epoch(),
          .first = first,
          .rows = std::min(batch_size_, rows_ - first)};
}

std::vector<std::int64_t> Batches::order(std::int64_t epoch) const {
  if (!shuffle_) {
    std::vector<std::int64_t> order(static_cast<std::size_t>(rows_));
    std::iota(order.begin(), order.end(), 0);
    return order;
  }
  const auto low = [](auto x) { return static_cast<std::uint32_t>(x); };
  const auto high = [](auto x) { return static_cast<std::uint32_t>(x >> 32); };
  return RandomState(std::array{low(seed_), high(seed_), low(epoch), high(epoch)})
      .permutation(rows_);
}

}  // namespace assay::data
