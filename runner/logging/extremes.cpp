#include "runner/logging/extremes.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <system_error>

namespace assay::logging {
namespace {

// Reads a number and the blank behind it.
template <class Number>
bool take(std::string_view& text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (text.starts_with(' ')) text.remove_prefix(1);
  return true;
}

}  // namespace

void count(std::optional<Extremes>& extremes, std::int64_t step, double value) noexcept {
  if (std::isnan(value)) return;
  if (!extremes) {
    extremes = Extremes{value, value, step, step};
    return;
  }
  if (value < extremes->min) {
    extremes->min = value;
    extremes->min_step = step;
  }
  if (value > extremes->max) {
    extremes->max = value;
    extremes->max_step = step;
  }
}

std::string text_of(const Extremes& extremes) {
  const auto& [min, max, min_step, max_step] = extremes;
  return fmt::format("{} {} {} {}", min, min_step, max, max_step);
}

std::optional<Extremes> read_extremes(std::string_view text) {
  Extremes read;
  if (!take(text, read.min) || !take(text, read.min_step) || !take(text, read.max) ||
      !take(text, read.max_step) || !text.empty())
    return std::nullopt;
  return read;
}

}  // namespace assay::logging
