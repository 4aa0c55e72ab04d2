#include "runner/config/mistakes/missing_colon.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "runner/base/wording.h"
#include "runner/config/marks.h"
#include "runner/config/scalar_extent.h"

namespace assay::config {
namespace {

constexpr auto none = std::string_view::npos;
constexpr std::string_view full_width_colon = "\uFF1A";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Returns true for a conflict marker of git.
bool is_conflict(std::string_view words) {
  constexpr std::array<std::string_view, 3> marks = {"<<<<<<<", "=======", ">>>>>>>"};
  return std::ranges::any_of(marks, [words](auto mark) { return words.starts_with(mark); });
}

// Returns true if the text could be the value of a key.
bool starts_value(std::string_view rest) {
  const bool is_negative = rest.size() > 1 && rest[0] == '-' && is_digit(rest[1]);
  return is_letter(rest[0]) || is_digit(rest[0]) || is_one_of(rest[0], "[{\"'$@./~|>") ||
         is_negative;
}

// Returns the hint for `name rest`.
std::string hint_for_words(std::string_view name, std::string_view rest) {
  const std::string entry = fmt::format("{}: {}", name, rest);
  if (base::shortened(entry) != entry) return {};
  const bool prose = !is_one_of(rest[0], "[{\"'") && rest.find(' ') != none;
  return fmt::format("write {}{}", entry, prose ? "; a comment starts with '#'" : "");
}

// Returns the hint about the text that follows a key within brackets.
std::string hint_for_next(std::string_view next) {
  next = next.substr(std::min(next.find_first_not_of(" \t"), next.size()));
  if (next.empty() || !is_one_of(next[0], "[{")) return {};
  return fmt::format("write ': ' in front of the '{}', or leave it out", next[0]);
}

// Explains a "key" after a ',' that is the fraction of a number: `0,05` within braces.
std::string hint_for_decimal_comma(std::string_view text, std::size_t begin, std::size_t end) {
  const auto are_digits = [&](std::size_t from, std::size_t to) {
    return from < to && std::all_of(text.begin() + static_cast<std::ptrdiff_t>(from),
                                    text.begin() + static_cast<std::ptrdiff_t>(to), is_digit);
  };
  if (begin == 0 || text[begin - 1] != ',' || !are_digits(begin, end)) return {};
  const std::size_t first = text.find_last_not_of("0123456789", begin - 2) + 1;
  if (!are_digits(first, begin - 1)) return {};
  return fmt::format("a decimal sign is a point: write {}.{}",
                     text.substr(first, begin - 1 - first), text.substr(begin, end - begin));
}

}  // namespace

Complaint complaint_of_key(std::string_view text, std::size_t begin, std::size_t end) {
  const std::string_view words = text.substr(begin, end - begin);
  if (is_conflict(words))
    return {begin, end, "a conflict of two versions that was not resolved",
            "keep one of them, and leave out the lines of '<<<<<<<', '=======' and '>>>>>>>'"};
  const auto about = [&](std::size_t length, std::string hint, std::string_view mark = "':'") {
    std::string_view key = words.substr(0, length);
    if (length > 1 && is_quote(key.front()) && key.back() == key.front())
      key = key.substr(1, length - 2);
    return Complaint{
        begin, begin + length,
        fmt::format("expected {} and a value after the key {}", mark, base::quoted(key)),
        std::move(hint)};
  };
  if (words.starts_with("//") || words.starts_with("/*") || words.starts_with("--"))
    return about(words.size(), "a comment starts with '#'");
  const std::size_t wide = words.find(full_width_colon);
  const std::size_t size = !words.empty() && is_quote(words[0])
                               ? scalar_end(words, 0, {})
                               : std::min({words.find_first_of(" \t=:[{\"'"), wide, words.size()});
  const std::string_view name = words.substr(0, size);
  const std::string_view rest =
      words.substr(std::min(words.find_first_not_of(" \t", size), words.size()));
  if (name.empty()) return about(words.size(), "");
  if (std::string hint = hint_for_decimal_comma(text, begin, end); !hint.empty())
    return {begin, end, fmt::format("'{}' is not a key", words), std::move(hint)};
  if (rest.empty()) return about(size, hint_for_next(text.substr(end)));
  if (rest[0] == ':') return about(size, hint_for_key(rest), "': '");
  if (rest[0] == '=') return about(size, hint_for_key("="));
  if (size == wide) return about(size, "what follows it is U+FF1A, which only looks like ':'");
  const bool is_word = is_letter(name.back()) || is_digit(name.back()) || is_quote(name.back());
  if (!is_word || !starts_value(rest)) return about(words.size(), "");
  return about(size, hint_for_words(name, rest));
}

std::optional<Complaint> complaint_of_bracket_in_key(std::string_view text, const Line& line) {
  const std::size_t key = line.key_column();
  const std::size_t colon = std::min(line.colon_column(), line.text.size());
  if (key >= colon || is_one_of(line.text[key], "\"'[{")) return std::nullopt;
  std::ptrdiff_t open = 0;
  for (const char c : line.text.substr(key, colon - key))
    open += is_one_of(c, "[{") ? 1 : is_one_of(c, "]}") ? -1 : 0;
  if (open <= 0) return std::nullopt;
  const std::size_t begin = line.begin + key;
  return complaint_of_key(text, begin, begin + line.entry().size());
}

bool is_key_without_colon(const Line& line, const Line& before) {
  if (line.colon_column() != none || line.entry().empty()) return false;
  if (is_one_of(line.entry()[0], "-?[{&*!|>") && !is_conflict(line.entry())) return false;
  return before.text.empty() || line.key_column() <= before.key_column() ||
         before.entry().ends_with(':');
}

std::optional<Complaint> complaint_of_key_before(std::string_view text,
                                                 std::span<const Line> lines) {
  if (lines.size() < 2) return std::nullopt;
  std::size_t first = lines.size() - 1;
  while (first > 0 && lines[first - 1].colon_column() == none) --first;
  for (std::size_t i = first; i + 1 < lines.size(); ++i) {
    const Line& line = lines[i];
    if (!is_key_without_colon(line, i == 0 ? Line{} : lines[i - 1])) continue;
    // A list element is text, unless a key of the same map follows it.
    const bool is_element = line.words().starts_with("- ");
    if (is_element && lines[i + 1].indentation() != line.key_column()) continue;
    const std::size_t begin = line.begin + line.key_column();
    Complaint complaint = complaint_of_key(text, begin, begin + line.entry().size());
    if (is_element && complaint.hint.empty())
      complaint.hint =
          fmt::format("if this names a component, write type: {}", base::shortened(line.entry()));
    return complaint;
  }
  return first == 0 ? std::nullopt : complaint_of_bracket_in_key(text, lines[first - 1]);
}

}  // namespace assay::config
