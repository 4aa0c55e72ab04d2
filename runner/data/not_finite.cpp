#include "runner/data/not_finite.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace assay::data {
namespace {

// Checking more of a file than this would delay the start of a run too much.
constexpr std::size_t most_looked_at = CopyLimits{}.of_view;

std::optional<std::int64_t> first_in(std::span<const float> values) {
  const auto found = std::ranges::find_if(values, [](float v) { return !std::isfinite(v); });
  if (found == values.end()) return std::nullopt;
  return found - values.begin();
}

std::optional<NotFinite> in_sample(const Rows& rows, std::int64_t position,
                                   std::span<const float> sample) {
  const auto element = first_in(sample);
  if (!element) return std::nullopt;
  return NotFinite{false, rows.number(position), *element,
                   sample[static_cast<std::size_t>(*element)], rows.sample_shape};
}

std::optional<NotFinite> in_target(const Rows& rows, std::int64_t position) {
  if (rows.target.dtype != DType::float32) return std::nullopt;
  const auto target = rows.targets().rows(position, 1).values<const float>();
  const auto element = first_in(target);
  if (!element) return std::nullopt;
  return NotFinite{true, rows.number(position), *element,
                   target[static_cast<std::size_t>(*element)], rows.target.shape};
}

/// Describes the place in the shape: "in column 3", "at [1, 5]"; nothing for a single number.
std::string place_of(std::int64_t element, const Shape& shape) {
  if (shape.rank() == 0) return {};
  if (shape.rank() == 1) return fmt::format(" in column {}", element);
  std::vector<std::int64_t> index(shape.rank());
  for (std::size_t i = shape.rank(); i-- > 0; element /= shape[i]) index[i] = element % shape[i];
  std::string text = fmt::format(" at [{}", index[0]);
  for (std::size_t i = 1; i < index.size(); ++i) text += fmt::format(", {}", index[i]);
  return text + "]";
}

}  // namespace

std::string_view kind_of(double not_finite) { return std::isnan(not_finite) ? "NaN" : "infinite"; }

std::string described(const NotFinite& found) {
  return fmt::format("the {} of row {} of the dataset, counted from 0, is {}{}",
                     found.in_target ? "target" : "sample", found.row, kind_of(found.value),
                     place_of(found.element, found.shape));
}

std::optional<NotFinite> find_not_finite(const Rows& rows,
                                         std::span<const std::int64_t> positions) {
  base::Buffer scratch(static_cast<std::size_t>(rows.sample_shape.elements()) * sizeof(float));
  const std::int64_t count =
      positions.empty() ? rows.count : static_cast<std::int64_t>(positions.size());
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t position = positions.empty() ? i : positions[static_cast<std::size_t>(i)];
    const auto sample = rows.block(position, 1, scratch.as<float>()).row_span(0);
    if (auto found = in_sample(rows, position, sample)) return found;
    if (auto found = in_target(rows, position)) return found;
  }
  return std::nullopt;
}

std::optional<NotFinite> find_not_finite_in_memory(const Rows& rows) {
  const MatrixView<const float> samples = rows.samples();
  const std::size_t bytes =
      static_cast<std::size_t>(samples.rows * samples.columns) * sizeof(float);
  const std::int64_t looked_at = rows.owns_samples() || bytes <= most_looked_at ? samples.rows : 0;
  std::optional<NotFinite> first;
  std::int64_t count = 0;
  for (std::int64_t position = 0; position < rows.count; ++position) {
    std::optional<NotFinite> found;
    if (position < looked_at) found = in_sample(rows, position, samples.row_span(position));
    if (!found) found = in_target(rows, position);
    if (!found) continue;
    ++count;
    if (!first || found->row < first->row) first = found;
  }
  if (first) first->rows = count;
  return first;
}

}  // namespace assay::data
