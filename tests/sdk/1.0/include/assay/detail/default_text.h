// Writes defaults as text while compiling, in the form in which a config would have them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "assay/text.h"

namespace assay::detail {

/// A decimal number: (-1)^negative * digits * 10^exponent.
struct Decimal {
  bool found = false;
  bool negative = false;
  std::int64_t digits = 0;
  int exponent = 0;
};

/// Returns the shortest decimal that reads as this number. It has at most 15 digits and a power of
/// ten up to 22: both are exact float64 numbers, so one multiplication or division rounds correctly
/// (W. D. Clinger, How to read floating point numbers accurately, PLDI 1990). Returns nothing found
/// for other numbers.
constexpr Decimal shortest_decimal(double x) {
  constexpr double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                               1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                               1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  constexpr double most_digits = 1e15;
  if (x == 0) return {true, false, 0, 0};
  const bool negative = x < 0;
  const double size = negative ? -x : x;
  if (!(size < 1e37)) return {};
  for (int exponent = 22; exponent >= -22; --exponent) {
    const double power = powers[exponent < 0 ? -exponent : exponent];
    const double scaled = exponent < 0 ? size * power : size / power;
    if (scaled < 0.5) continue;
    if (scaled >= most_digits) break;
    const auto digits = static_cast<std::int64_t>(scaled + 0.5);
    const auto whole = static_cast<double>(digits);
    if ((exponent < 0 ? whole / power : whole * power) == size)
      return {true, negative, digits, exponent};
  }
  return {};
}

/// Appends text to a buffer; without one it counts the characters.
class DefaultWriter {
 public:
  constexpr explicit DefaultWriter(char* out) : out_(out) {}

  constexpr std::size_t size() const { return size_; }

  constexpr void add(std::string_view text) {
    for (const char c : text) add(c);
  }
  constexpr void integer(std::int64_t number) {
    if (number < 0) add('-');
    // Negates each digit, because the least integer has no positive counterpart.
    char digits[20] = {};
    std::size_t count = 0;
    do {
      const auto digit = static_cast<int>(number % 10);
      digits[count++] = static_cast<char>('0' + (digit < 0 ? -digit : digit));
      number /= 10;
    } while (number != 0);
    while (count > 0) add(digits[--count]);
  }
  /// Returns false if shortest_decimal() finds none.
  constexpr bool number(double number) {
    const Decimal decimal = shortest_decimal(number);
    if (!decimal.found) return false;
    if (decimal.negative) add('-');
    char digits[20] = {};
    std::size_t count = 0;
    for (std::int64_t rest = decimal.digits; count == 0 || rest != 0; rest /= 10)
      digits[count++] = static_cast<char>('0' + static_cast<int>(rest % 10));
    const int point = static_cast<int>(count) + decimal.exponent;  // digits before it
    if (point > 9 || point <= -4) {
      add(digits[--count]);
      if (count > 0) add('.');
      while (count > 0) add(digits[--count]);
      add('e');
      integer(point - 1);
      return true;
    }
    if (point <= 0) add("0.");
    for (int zeros = point; zeros < 0; ++zeros) add('0');
    for (int place = 0; count > 0; ++place) {
      if (place == point && place > 0) add('.');
      add(digits[--count]);
    }
    for (int zeros = decimal.exponent; zeros > 0; --zeros) add('0');
    return true;
  }
  /// Adds a text, in quotes unless it cannot be taken for anything else.
  constexpr void text(std::string_view text) {
    if (is_plain(text)) return add(text);
    add('\'');
    for (const char c : text) {
      if (c == '\'') add(c);
      add(c);
    }
    add('\'');
  }

 private:
  constexpr void add(char c) {
    if (out_ != nullptr) out_[size_] = c;
    ++size_;
  }
  static constexpr bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }
  static constexpr bool is_plain(std::string_view text) {
    if (text.empty() || !is_letter(text.front()) || text.back() == ' ') return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      const bool inner = c == ':' && i + 1 < text.size() && text[i + 1] != ' ';
      if (!is_letter(c) && (c < '0' || c > '9') && !inner &&
          std::string_view("._-/ ").find(c) == std::string_view::npos)
        return false;
    }
    return text != "true" && text != "false" && text != "null" && text != "Null" && text != "NULL";
  }

  char* out_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace assay::detail
