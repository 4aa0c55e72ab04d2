#include "runner/train/fit.h"

#include <algorithm>
#include <cmath>

#include "runner/base/mapped_file_loss.h"

namespace assay::train {
namespace {

/// Returns the height of the blocks: as many rows as stay in a cache while they are transformed.
std::int64_t block_rows(const FitRows& rows) {
  constexpr std::int64_t cached = (std::int64_t{256} << 10) / std::int64_t{sizeof(float)};
  std::int64_t largest = rows.rows.sample_shape.elements();
  for (std::size_t i = 1; i <= rows.count; ++i)
    largest = std::max(largest, rows.transforms.shape(i).elements());
  return std::clamp<std::int64_t>(cached / largest, 1, rows.rows.count);
}

std::optional<std::int64_t> first_bad_row(MatrixView<const float> samples) {
  for (std::int64_t row = 0; row < samples.rows; ++row)
    if (!std::ranges::all_of(samples.row_span(row), [](float v) { return std::isfinite(v); }))
      return row;
  return std::nullopt;
}

}  // namespace

std::optional<BadSample> visit_blocks(const FitRows& rows, const FitVisit& visit) {
  const std::int64_t height = block_rows(rows);
  const base::Buffer read(static_cast<std::size_t>(height * rows.rows.sample_shape.elements()) *
                          sizeof(float));
  Transforms::Scratch scratch = rows.transforms.scratch(height);
  const ConstTensorView targets = rows.rows.targets();
  for (std::int64_t first = 0; first < rows.rows.count; first += height) {
    const std::int64_t count = std::min(height, rows.rows.count - first);
    const Transforms::Block block{Mode::evaluation, 0, first};
    const auto samples = rows.transforms.apply(
        block, rows.rows.block(first, count, read.as<float>()), scratch, rows.count);
    if (!rows.any_values)
      if (const auto row = first_bad_row(samples))
        if (auto bad = find_bad_sample(rows.transforms, rows.count, {block.mode, 0, first + *row},
                                       rows.rows, first + *row))
          return bad;
    visit(samples, targets.rows(first, count));
    base::MappedFileWatch::check();
  }
  return std::nullopt;
}

}  // namespace assay::train
