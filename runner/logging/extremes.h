// The smallest and the largest value of a scalar tag.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace assay::logging {

/// The smallest and the largest value so far, each with the first step that had it.
struct Extremes {
  double min = 0, max = 0;
  std::int64_t min_step = 0, max_step = 0;

  bool operator==(const Extremes&) const = default;
};

/// Counts a value in. NaN is neither the smallest nor the largest.
void count(std::optional<Extremes>& extremes, std::int64_t step, double value) noexcept;

/// Returns them as the state of a run keeps them; read_extremes() reads the same ones back.
std::string text_of(const Extremes& extremes);
/// Returns nothing for a text that text_of() does not write.
std::optional<Extremes> read_extremes(std::string_view text);

}  // namespace assay::logging
