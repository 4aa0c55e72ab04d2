#include "line.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include "assay/number_text.h"

namespace assay::console {
namespace {

// Returns four significant digits: "20.18", "0.1138", "1.200e-05", "nan", "-inf".
std::string short_number(double value) {
  if (std::isnan(value)) return "nan";  // its sign says nothing
  std::string text = fmt::format("{:#.4g}", value);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

// Returns "412 steps/s", "3.2 steps/s", "12.3k steps/s"; below one per second "2.5 s/step". Empty
// if nothing was measured (not above 0).
std::string short_rate(double steps_per_second) {
  if (!std::isfinite(steps_per_second) || steps_per_second <= 0) return {};
  if (steps_per_second < 1) return fmt::format("{:.3g} s/step", 1 / steps_per_second);
  if (steps_per_second < 9.95) return fmt::format("{:.1f} steps/s", steps_per_second);
  if (steps_per_second < 9999.5) return fmt::format("{:.0f} steps/s", steps_per_second);
  return fmt::format("{:.1f}k steps/s", steps_per_second / 1000);
}

// Returns "0:07", "12:03", "1:02:03", "2d 03:04:05", rounded to seconds; `seconds` >= 0 and finite.
std::string short_duration(double seconds) {
  const auto total = std::llround(seconds);
  const auto days = total / 86400, hours = total / 3600 % 24, minutes = total / 60 % 60;
  if (days > 0) return fmt::format("{}d {:02}:{:02}:{:02}", days, hours, minutes, total % 60);
  if (hours > 0) return fmt::format("{}:{:02}:{:02}", hours, minutes, total % 60);
  return fmt::format("{}:{:02}", minutes, total % 60);
}

constexpr std::pair<char32_t, char32_t> wide[] = {
    {0x1100, 0x115f},   {0x2329, 0x232a},   {0x2e80, 0x303e},   {0x3040, 0xa4cf},  {0xac00, 0xd7a3},
    {0xf900, 0xfaff},   {0xfe10, 0xfe19},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},  {0xffe0, 0xffe6},
    {0x1f300, 0x1f64f}, {0x1f900, 0x1f9ff}, {0x20000, 0x2fffd}, {0x30000, 0x3fffd}};

int width_of(char32_t character) {
  const auto holds = [=](const auto& range) {
    return range.first <= character && character <= range.second;
  };
  if (std::ranges::any_of(wide, holds)) return 2;
  return character >= 0x300 && character <= 0x36f ? 0 : 1;
}

// Counts the columns that UTF-8 takes on a terminal: two for the wide characters of East Asia and
// emoji (the ranges of C++20's [format.string.std], paragraph 11), none for combining accents
// (U+0300..036F), one for the rest.
int display_width(std::string_view text) {
  int width = 0;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i++]);
    char32_t character = lead < 0xc0   ? lead
                         : lead < 0xe0 ? lead & 0x1f
                         : lead < 0xf0 ? lead & 0xf
                                       : lead & 0x7;
    for (; i < text.size() && (text[i] & 0xc0) == 0x80; ++i)
      character = character << 6 | static_cast<char32_t>(text[i] & 0x3f);
    width += width_of(character);
  }
  return width;
}

constexpr std::string_view gap = "  ";
constexpr int least_bar = 10;
constexpr int longest_bar = 40;

struct Colours {
  std::string_view done, rest, value, off;
};
constexpr Colours no_colours = {};
constexpr Colours ansi = {"\033[36m", "\033[90m", "\033[1m", "\033[0m"};

double fraction(const Progress& p) {
  if (p.total_steps <= 0) return 1;
  return std::clamp(static_cast<double>(p.step) / static_cast<double>(p.total_steps), 0.0, 1.0);
}

int percent(const Progress& p) { return static_cast<int>(std::floor(100 * fraction(p))); }

std::string time_to_go(const Progress& p) {
  if (short_rate(p.steps_per_second).empty() || p.step >= p.total_steps) return {};
  return "ETA " + short_duration(static_cast<double>(p.total_steps - p.step) / p.steps_per_second);
}

// Returns the bar, in steps of half a character.
std::string bar(double done, int width, const Colours& colours) {
  const int halves = static_cast<int>(std::floor(done * 2 * width));
  std::string text(colours.done);
  for (int i = 0; i < halves / 2; ++i) text += "━";
  if (halves % 2 != 0) text += "╸";
  text += colours.off;
  text += colours.rest;
  for (int i = (halves + 1) / 2; i < width; ++i) text += "─";
  return text += colours.off;
}

// A part of the status line. Lower ranks are more important.
struct Part {
  std::string text;
  int width = 0;
  int rank = 0;
  bool shown = false;
};

Part part(int rank, std::string text) {
  const int width = display_width(text);
  return {std::move(text), width, rank};
}

Part value_part(int rank, const LatestValue& latest, const Colours& colours) {
  const std::string number = short_number(latest.value);
  Part result = part(rank, latest.name + ' ' + number);
  result.text = fmt::format("{} {}{}{}", latest.name, colours.value, number, colours.off);
  return result;
}

// Marks the parts that fit, by rank, and returns the remaining columns.
int choose(std::vector<Part>& parts, int columns) {
  std::vector<Part*> by_rank;
  for (Part& p : parts)
    if (p.width > 0) by_rank.push_back(&p);
  std::ranges::stable_sort(by_rank, {}, &Part::rank);
  int used = 0;
  for (Part* p : by_rank) {
    const int needed = p->width + (used > 0 ? static_cast<int>(gap.size()) : 0);
    p->shown = used + needed <= columns;
    if (p->shown) used += needed;
  }
  return columns - used;
}

std::string join(std::span<const Part> parts) {
  std::string line;
  for (const Part& p : parts) {
    if (!p.shown) continue;
    if (!line.empty()) line += gap;
    line += p.text;
  }
  return line;
}

std::string all_values(std::span<const LatestValue> values) {
  std::string text;
  for (const LatestValue& v : values)
    fmt::format_to(std::back_inserter(text), "{}{} {}", gap, v.name, short_number(v.value));
  return text;
}

}  // namespace

std::string status_line(const Progress& progress, std::span<const LatestValue> values, int columns,
                        bool colours) {
  const Colours& palette = colours ? ansi : no_colours;
  enum Rank { count, first_value, eta, shortest_bar, second_value, rate, share, more_values };
  std::vector<Part> parts = {
      {"", least_bar, shortest_bar},
      part(share, fmt::format("{}%", percent(progress))),
      part(count, fmt::format("{}/{}", progress.step, progress.total_steps)),
      part(rate, short_rate(progress.steps_per_second)),
      part(eta, time_to_go(progress)),
  };
  constexpr int value_ranks[] = {first_value, second_value};
  for (std::size_t i = 0; i < values.size(); ++i)
    parts.push_back(
        value_part(i < std::size(value_ranks) ? value_ranks[i] : more_values, values[i], palette));

  // Leave the last column free: some terminals wrap as soon as it is written.
  const int left = choose(parts, columns - 1);
  Part& first = parts.front();
  first.text = bar(fraction(progress), std::min(least_bar + left, longest_bar), palette);
  return join(parts);
}

std::string plain_line(const Progress& progress, std::span<const LatestValue> values) {
  std::string line = fmt::format("step {}/{} ({}%)", grouped(progress.step),
                                 grouped(progress.total_steps), percent(progress));
  for (const std::string& text : {short_rate(progress.steps_per_second), time_to_go(progress)})
    if (!text.empty()) fmt::format_to(std::back_inserter(line), "{}{}", gap, text);
  return line + all_values(values);
}

}  // namespace assay::console
