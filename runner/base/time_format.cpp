#include "runner/base/time_format.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <ctime>
#include <stdexcept>
#include <string_view>

namespace assay::base {
namespace {

// Returns the first conversion of a time format that strftime does not know, or nothing. In the GNU
// C library a conversion is '%', flags, a width, 'E' or 'O', and a letter.
std::string unknown_conversion(std::string_view format) {
  constexpr auto none = std::string_view::npos;
  constexpr std::string_view known = "aAbBcCdDeFgGhHIjklmMpPrRsSTuUVwWxXyYzZ%";
  for (std::size_t at = 0; (at = format.find('%', at)) != none;) {
    std::size_t letter = format.find_first_not_of("_-0^#+", at + 1);
    letter = letter == none ? none : format.find_first_not_of("0123456789", letter);
    if (letter < format.size() && (format[letter] == 'E' || format[letter] == 'O')) ++letter;
    if (letter >= format.size()) return std::string(format.substr(at));
    if (known.find(format[letter]) == none) return std::string(format.substr(at, letter + 1 - at));
    at = letter + 1;
  }
  return {};
}

}  // namespace

std::string formatted_time(const std::string& format, std::chrono::system_clock::time_point time) {
  if (const std::string unknown = unknown_conversion(format); !unknown.empty())
    throw std::runtime_error("'" + unknown + "' in the time format '" + format +
                             "' is not a conversion of strftime; %Y%m%d-%H%M%S is date and time");
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm local{};
  localtime_r(&seconds, &local);
  std::array<char, 201> buffer{};
  const std::size_t bytes = std::strftime(buffer.data(), buffer.size(), format.c_str(), &local);
  if (bytes == 0)
    throw std::runtime_error("the time format '" + format + "' gives no text, or too long a one");
  return {buffer.data(), bytes};
}

std::string utc_time(std::chrono::system_clock::time_point time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}Z",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

std::chrono::system_clock::time_point time_in(const std::string& text) {
  using Clock = std::chrono::system_clock;
  std::tm parts{};
  if (strptime(text.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts) == nullptr) return {};
  const std::time_t seconds = timegm(&parts);
  // The clock counts nanoseconds, to the year 2262.
  constexpr auto most =
      std::chrono::duration_cast<std::chrono::seconds>(Clock::duration::max()).count();
  return std::abs(seconds) < most ? Clock::from_time_t(seconds) : Clock::time_point();
}

}  // namespace assay::base
