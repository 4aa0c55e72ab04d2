#include "runner/plan/scalar.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

#include "runner/base/utf8.h"
#include "runner/base/wording.h"

namespace assay::plan {
namespace {

using config::Node;

constexpr std::string_view digits = "0123456789";
constexpr const char* hint_for_filled =
    "a reference within a longer text gives text; alone, it keeps the type of its value";

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

std::string_view without_sign(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return text;
}

std::size_t leading_digits(std::string_view text) {
  return std::min(text.find_first_not_of(digits), text.size());
}

// Matches [-+]? (digits+ (. digits*)? | . digits+) ([eE] [-+]? digits+)?
bool is_decimal(std::string_view text) {
  text = without_sign(text);
  std::size_t count = leading_digits(text);
  text.remove_prefix(count);
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    const std::size_t fraction = leading_digits(text);
    text.remove_prefix(fraction);
    count += fraction;
  }
  if (count == 0) return false;
  if (text.empty()) return true;
  if (text[0] != 'e' && text[0] != 'E') return false;
  text = without_sign(text.substr(1));
  return !text.empty() && leading_digits(text) == text.size();
}

template <class T>
std::from_chars_result convert(std::string_view text, T& value) {
  if (text.starts_with('+')) text.remove_prefix(1);
  return std::from_chars(text.data(), text.data() + text.size(), value);
}

bool has_leading_zero(std::string_view text) {
  text = without_sign(text);
  return text.size() > 1 && text[0] == '0' && digits.find(text[1]) != std::string_view::npos;
}

// Returns true if the text contains digits of any script.
bool holds_digits(std::string_view text) {
  struct Range {
    char32_t first, last;
  };
  constexpr std::array<Range, 8> ranges = {{{'0', '9'},
                                            {0xB2, 0xB3},
                                            {0x660, 0x669},
                                            {0x6F0, 0x6F9},
                                            {0x966, 0x96F},
                                            {0x2070, 0x2089},
                                            {0xFF10, 0xFF19},
                                            {0x1D7CE, 0x1D7FF}}};
  for (std::size_t at = 0; at < text.size();) {
    const auto character = base::character_at(text, at);
    if (!character) return false;
    for (const Range& range : ranges)
      if (character->code >= range.first && character->code <= range.last) return true;
    at += character->bytes;
  }
  return false;
}

std::optional<double> decimal(std::string_view text) {
  double value = 0;
  if (!is_decimal(text) || has_leading_zero(text)) return std::nullopt;
  return convert(text, value).ec == std::errc() ? std::optional(value) : std::nullopt;
}

// Writes an integer without a point.
std::string written(double value) {
  constexpr double exact = 9007199254740992;  // 2^53
  return std::trunc(value) == value && std::abs(value) < exact
             ? std::to_string(static_cast<std::int64_t>(value))
             : shortest(value);
}

// Reads "1,000" and "12 345 678": groups of three digits, the first one shorter or as long.
bool is_grouped(std::string_view text, char mark) {
  text = without_sign(text);
  std::size_t end = text.find(mark);
  if (end == text.npos || end == 0 || end > 3 || text[0] == '0') return false;
  if (leading_digits(text) != end) return false;
  for (text.remove_prefix(end); !text.empty(); text.remove_prefix(4))
    if (text[0] != mark || leading_digits(text.substr(1, 3)) != 3 || text.size() < 4) return false;
  return true;
}

std::string hint_for_groups(const std::string& text, bool integer) {
  for (const char mark : {',', ' '}) {
    if (!is_grouped(text, mark)) continue;
    std::string bare = text;
    std::erase(bare, mark);
    const bool may_be_decimal = mark == ',' && std::ranges::count(text, mark) == 1 && !integer;
    if (!may_be_decimal) return fmt::format("write {}", bare);
    std::string point = text;
    std::ranges::replace(point, ',', '.');
    return fmt::format("write {}, or {} if the comma is a decimal sign", bare, point);
  }
  return {};
}

// Returns a hint with the value if the text is a fraction; a config does no arithmetic.
std::string hint_for_calculation(std::string_view text, bool integer) {
  constexpr std::string_view nothing = "there is no arithmetic";
  if (text.find_first_not_of("0123456789.+-*/^()e ") != text.npos ||
      text.find_first_of("*/^(") == text.npos || text.find_first_of(digits) == text.npos)
    return {};
  const std::size_t slash = text.find('/');
  if (slash != text.npos) {
    const auto above = decimal(text.substr(0, slash)), below = decimal(text.substr(slash + 1));
    if (above && below && *below != 0) {
      const double value = *above / *below;
      const bool fits = !integer || std::trunc(value) == value;
      return fits ? fmt::format("{}: write {}", nothing, written(value)) : std::string(nothing);
    }
  }
  return fmt::format("{}: write the result", nothing);
}

// Returns the hint for texts like "10k".
std::string hint_for_thousands(const std::string& text) {
  if (text.size() < 2 || (text.back() != 'k' && text.back() != 'K' && text.back() != 'M'))
    return {};
  const auto value = decimal(std::string_view(text).substr(0, text.size() - 1));
  return value ? fmt::format("write {}", written(*value * (text.back() == 'M' ? 1e6 : 1e3))) : "";
}

// Suggests what the writer may have meant.
std::string hint_for_number(const Node& node, bool is_integer) {
  if (node.kind != Node::Kind::scalar) return {};
  const std::string text = lower(node.scalar);
  const std::string_view unsigned_text = without_sign(text);
  if (node.filled) return hint_for_filled;
  if (node.quoted)
    return is_decimal(text) ? fmt::format("write {}: numbers have no quotes", node.scalar) : "";
  for (const auto& [prefix, base] : {std::pair("0x", 16), std::pair("0o", 8), std::pair("0b", 2)}) {
    if (!unsigned_text.starts_with(prefix)) continue;
    std::int64_t value = 0;
    const char* end = unsigned_text.data() + unsigned_text.size();
    const auto [stop, error] = std::from_chars(unsigned_text.data() + 2, end, value, base);
    if (error != std::errc() || stop != end) return "numbers are decimal";
    return fmt::format("numbers are decimal: write {}{}", text[0] == '-' ? "-" : "", value);
  }
  if (text.find(':') != std::string::npos &&
      text.find_first_not_of("0123456789:") == std::string::npos)
    return "numbers are decimal, without ':'";
  if (unsigned_text == ".inf" || unsigned_text == "inf" || unsigned_text == "infinity" ||
      unsigned_text == ".nan" || unsigned_text == "nan")
    return "a number must be finite";
  if (std::string foreign = base::foreign_character(text); !foreign.empty() && holds_digits(text))
    return foreign;
  for (std::string hint : {hint_for_groups(text, is_integer),
                           hint_for_calculation(text, is_integer), hint_for_thousands(node.scalar)})
    if (!hint.empty()) return hint;
  if (text.ends_with(',') || text.ends_with(';'))
    if (const std::string bare = text.substr(0, text.size() - 1); is_decimal(bare))
      return fmt::format("write {}", bare);
  if (std::string bare = text; bare.find_first_of("_,") != std::string::npos) {
    const bool comma = bare.find(',') != std::string::npos;
    std::erase(bare, '_');
    std::replace(bare.begin(), bare.end(), ',', '.');
    if (is_integer && comma) return {};
    if (is_decimal(bare) && !has_leading_zero(bare)) return fmt::format("write {}", bare);
    if (comma && is_decimal(bare)) return "the decimal sign is a point";
  }
  if (has_leading_zero(text) && is_decimal(text)) {
    const std::size_t zeros = unsigned_text.find_first_not_of('0');
    std::string bare(unsigned_text.substr(std::min(zeros, unsigned_text.size() - 1)));
    if (digits.find(bare[0]) == std::string_view::npos) bare.insert(0, 1, '0');
    return fmt::format("no leading zeros: write {}{}", text[0] == '-' ? "-" : "", bare);
  }
  return {};
}

bool is_plain_decimal(const Node& node) {
  return node.kind == Node::Kind::scalar && !node.quoted && is_decimal(node.scalar) &&
         !has_leading_zero(node.scalar);
}

// Suggests the same, and also explains percentages.
std::string hint_for_share(const Node& node) {
  std::string text = node.scalar;
  double value = 0;
  if (node.kind != Node::Kind::scalar || node.quoted || !text.ends_with('%'))
    return hint_for_number(node, false);
  text.pop_back();
  if (!is_decimal(text) || convert(text, value).ec != std::errc()) return {};
  return fmt::format("write {}", shortest(value / 100));
}

}  // namespace

Scalar<bool> boolean(const Node& node) {
  if (node.kind != Node::Kind::scalar) return {};
  const bool is_boolean = node.scalar == "true" || node.scalar == "false";
  if (node.filled) return {{}, hint_for_filled};
  if (node.quoted) return {{}, is_boolean ? "write it without quotes" : ""};
  if (is_boolean) return {node.scalar == "true", {}};
  const std::string text = lower(node.scalar);
  for (const char* word : {"true", "yes", "on", "y", "1"})
    if (text == word) return {{}, "write true"};
  for (const char* word : {"false", "no", "off", "n", "0"})
    if (text == word) return {{}, "write false"};
  return {};
}

Scalar<std::int64_t> integer(const Node& node) {
  if (!is_plain_decimal(node)) return {{}, hint_for_number(node, true)};
  const std::string_view text = node.scalar;
  std::int64_t value = 0;
  const auto [stop, error] = convert(text, value);
  if (stop == text.data() + text.size() && error == std::errc()) return {value, {}};
  if (stop == text.data() + text.size())
    return {{},
            text.starts_with('-') ? "integers are at least -9223372036854775808"
                                  : "integers are at most 9223372036854775807"};
  constexpr double exact = 9007199254740992;  // 2^53
  const Scalar<double> real = number(node);
  if (real.value && std::trunc(*real.value) == *real.value && std::abs(*real.value) < exact)
    return {{}, fmt::format("write {}", static_cast<std::int64_t>(*real.value))};
  return {};
}

Scalar<double> number(const Node& node) {
  if (!is_plain_decimal(node)) return {{}, hint_for_share(node)};
  double value = 0;
  if (convert(node.scalar, value).ec != std::errc())
    return {{}, "it is beyond the range of a float64"};
  return {value, {}};
}

std::string shortest(double number) {
  std::array<char, 32> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  std::string text(buffer.data(), end);
  // Many programs read YAML 1.1, for which 1e-08 is text and 1.0e-08 a number.
  const std::size_t exponent = text.find('e');
  if (exponent != std::string::npos && text.find('.') == std::string::npos)
    text.insert(exponent, ".0");
  return text;
}

}  // namespace assay::plan
