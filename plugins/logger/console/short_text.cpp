#include "short_text.h"

#include <fmt/format.h>

#include <cmath>

namespace assay::console {

std::string short_number(double value) {
  if (std::isnan(value)) return "nan";  // its sign says nothing
  std::string text = fmt::format("{:#.4g}", value);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

std::string short_rate(double steps_per_second) {
  if (!std::isfinite(steps_per_second) || steps_per_second <= 0) return {};
  if (steps_per_second < 1) return fmt::format("{:.3g} s/step", 1 / steps_per_second);
  if (steps_per_second < 9.95) return fmt::format("{:.1f} steps/s", steps_per_second);
  if (steps_per_second < 9999.5) return fmt::format("{:.0f} steps/s", steps_per_second);
  return fmt::format("{:.1f}k steps/s", steps_per_second / 1000);
}

std::string short_duration(double seconds) {
  const auto total = std::llround(seconds);
  const auto days = total / 86400, hours = total / 3600 % 24, minutes = total / 60 % 60;
  if (days > 0) return fmt::format("{}d {:02}:{:02}:{:02}", days, hours, minutes, total % 60);
  if (hours > 0) return fmt::format("{}:{:02}:{:02}", hours, minutes, total % 60);
  return fmt::format("{}:{:02}", minutes, total % 60);
}

}  // namespace assay::console
