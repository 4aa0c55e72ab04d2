#include "runner/contact_sheet/drawing/axis.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "assay/number_text.h"

namespace assay::contact_sheet {
namespace {

constexpr double spans_decades = 100;
constexpr double margin_of_rounding = 1e-9;

// Returns 10 to the power, as in 10⁻⁵.
std::string power_of_ten(int power) {
  constexpr std::array<const char*, 10> digits = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string text = "10";
  for (const char c : std::to_string(power))
    text += c == '-' ? "⁻" : digits[static_cast<std::size_t>(c - '0')];
  return text;
}

// Returns the round step (1, 2 or 5 times a power of ten) that cuts the length into about so many.
double round_step(double length, std::size_t wished) {
  const double rough = length / static_cast<double>(std::max<std::size_t>(wished, 1));
  const double power = std::pow(10, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (rough <= factor * power * (1 + margin_of_rounding)) return factor * power;
  return 10 * power;
}

}  // namespace

Axis::Axis(double low, double high, bool logarithmic)
    : low_(low), high_(high), logarithmic_(logarithmic) {
  // Means of equal numbers may differ by rounding.
  const double size = std::max(std::abs(low_), std::abs(high_));
  if (high_ / 2 - low_ / 2 > margin_of_rounding * size / 2) return;
  if (logarithmic_) {
    low_ /= 2, high_ *= 2;
  } else {
    const double half = low_ == 0 ? 1 : std::abs(low_) / 2;
    low_ -= half, high_ += half;
  }
}

double Axis::place_of(double value) const {
  if (logarithmic_) return (std::log(value) - std::log(low_)) / (std::log(high_) - std::log(low_));
  const double length = high_ - low_;
  if (std::isfinite(length)) return (value - low_) / length;
  return (value / 2 - low_ / 2) / (high_ / 2 - low_ / 2);
}

bool Axis::has(double value) const { return std::isfinite(value) && (!logarithmic_ || value > 0); }

Axis Axis::widened(double share) const {
  if (logarithmic_) {
    const double factor = std::exp(share * (std::log(high_) - std::log(low_)));
    if (!std::isfinite(high_ * factor) || low_ / factor <= 0) return *this;
    return {low_ / factor, high_ * factor, true};
  }
  const double room = share * (high_ - low_);
  if (!std::isfinite(high_ + room) || !std::isfinite(low_ - room)) return *this;
  return {low_ - room, high_ + room, false};
}

std::vector<Tick> Axis::ticks(std::size_t wished) const {
  if (logarithmic_) {
    std::vector<Tick> ticks = logarithmic_ticks(wished);
    if (ticks.size() > 1) return ticks;
  }
  return linear_ticks(wished);
}

std::vector<Tick> Axis::linear_ticks(std::size_t wished) const {
  const double length = high_ - low_;
  if (!std::isfinite(length)) return {{0, number_text(low_)}, {1, number_text(high_)}};
  const double step = round_step(length, wished);
  const int decimals = std::clamp(static_cast<int>(-std::floor(std::log10(step) + 1e-9)), 0, 12);
  const bool is_plain = std::max(std::abs(low_), std::abs(high_)) < 1e7 && step >= 1e-5;
  std::vector<Tick> ticks;
  const double first = std::ceil(low_ / step - margin_of_rounding);
  const double last = std::floor(high_ / step + margin_of_rounding);
  // Steps are lost in rounding if the range is narrow beside its numbers.
  if (!(std::abs(first) < 1e15) || last - first > 100)
    return {{0, number_text(low_, 6)}, {1, number_text(high_, 6)}};
  for (double i = first; i <= last; ++i) {
    const double value = i * step;
    std::string text;
    if (!is_plain) text = number_text(value, 4);
    else if (decimals == 0 && std::abs(value) >= 10000)
      text = grouped(static_cast<std::int64_t>(std::llround(value)));
    else text = fmt::format("{:.{}f}", value == 0 ? 0.0 : value, decimals);
    ticks.push_back({place_of(value), std::move(text)});
  }
  return ticks;
}

std::vector<Tick> Axis::logarithmic_ticks(std::size_t wished) const {
  const int first = static_cast<int>(std::floor(std::log10(low_) + margin_of_rounding));
  const int last = static_cast<int>(std::ceil(std::log10(high_) - margin_of_rounding));
  const auto decades = static_cast<std::size_t>(std::max(last - first, 1));
  const int stride = static_cast<int>((decades + wished - 1) / std::max<std::size_t>(wished, 1));
  const bool is_plain = first >= -4 && last <= 5;
  std::vector<double> factors = {1};
  if (decades * 3 <= wished + 2) factors = {1, 2, 5};
  else if (decades * 2 <= wished + 1) factors = {1, 3};
  std::vector<Tick> ticks;
  for (int power = first; power <= last; ++power) {
    if (power % std::max(stride, 1) != 0) continue;
    for (const double factor : factors) {
      const double value = factor * std::pow(10, power);
      const double place = place_of(value);
      if (place < -margin_of_rounding || place > 1 + margin_of_rounding) continue;
      std::string text = is_plain || factor != 1 ? number_text(value) : power_of_ten(power);
      if (is_plain && value >= 10000)
        text = grouped(static_cast<std::int64_t>(std::llround(value)));
      ticks.push_back({place, std::move(text)});
    }
  }
  return ticks;
}

Axis axis_of(std::span<const double> values) {
  bool any = false;
  double low = 0, high = 0;
  for (const double value : values) {
    if (!std::isfinite(value)) continue;
    low = any ? std::min(low, value) : value;
    high = any ? std::max(high, value) : value;
    any = true;
  }
  if (!any) return {0, 1, false};
  return {low, high, low > 0 && high / low >= spans_decades};
}

Axis axis_of(const Key& key) { return {key.numbers.front(), key.numbers.back(), key.logarithmic}; }

std::string number_text(double number, int digits) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number > 0 ? "∞" : "−∞";
  if (number == 0) return "0";
  const double size = std::abs(number);
  if (size >= 1e-4 && size < 1e6) {
    if (size >= std::pow(10, digits)) return fmt::format("{:.0f}", number);
    return fmt::format("{:.{}g}", number, digits);
  }
  // 1.2e-7 and not 1.2e-07.
  std::string text = fmt::format("{:.{}e}", number, digits - 1);
  const std::size_t e = text.find('e');
  std::string mantissa = text.substr(0, e);
  if (mantissa.find('.') != std::string::npos) {
    while (mantissa.ends_with('0')) mantissa.pop_back();
    if (mantissa.ends_with('.')) mantissa.pop_back();
  }
  return fmt::format("{}e{}", mantissa, std::stoi(text.substr(e + 1)));
}

}  // namespace assay::contact_sheet
