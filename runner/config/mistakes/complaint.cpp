#include "runner/config/mistakes/complaint.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "runner/base/utf8.h"
#include "runner/base/wording.h"
#include "runner/config/line.h"
#include "runner/config/marks.h"
#include "runner/config/mistakes/layout.h"
#include "runner/config/mistakes/long_key.h"
#include "runner/config/mistakes/missing_colon.h"

namespace assay::config {
namespace {

constexpr auto none = std::string_view::npos;

// Returns true for a character that looks like a space but is not one in YAML.
bool is_odd_blank(char32_t code) {
  return code == 0xA0 || (code >= 0x2000 && code <= 0x200D) || code == 0x202F || code == 0x205F ||
         code == 0x2060 || code == 0x3000;
}

// Complains about ': ' within the unquoted text text[begin, end).
Complaint colon_in_text(std::string_view text, std::size_t begin, std::size_t colon,
                        std::size_t end) {
  std::string_view value = text.substr(begin, end - begin);
  value = value.substr(0, value.find(" #"));
  value = value.substr(0, value.find_last_not_of(" \t") + 1);
  if (const char last = value.empty() ? '\0' : value.back(); is_one_of(last, "]}")) {
    const char open = last == ']' ? '[' : '{';
    if (value.find(open) == none)
      return {begin, colon,
              fmt::format("this ends with '{}', but does not start with '{}'", last, open),
              fmt::format("write '{}' in front of it", open)};
  }
  const char quote = value.find('"') == none && value.find('\\') == none ? '"' : '\'';
  if (value.find(quote) != none)
    return {colon, colon + 1, "': ' within a text that has no quotes", "quote the text"};
  std::string hint = fmt::format("quote it: {0}{1}{0}", quote, base::shortened(value));
  const std::string_view key = text.substr(begin, colon - begin);
  const bool is_entry = key.find_first_of(" \t,") == none;
  const std::size_t comma = key.find(", ");
  const bool is_map = comma != none && comma > 0 && key.find_first_of(" \t,", comma + 2) == none;
  const std::string_view entry = is_map ? line_at(text, begin).entry() : value;
  if ((is_entry || is_map) && base::shortened(entry) == entry)
    hint += fmt::format("; a map is {{{}}}", entry);
  return {colon, colon + 1, "': ' within a text that has no quotes", std::move(hint)};
}

// Complains about a ':' at text[at] after which no value can follow.
std::optional<Complaint> of_colon(std::string_view text, std::size_t at, const Line& line) {
  const std::size_t key = line.begin + line.key_column();
  if (key >= at) return std::nullopt;
  if (const auto end = long_key_end(text, key, false); end && text.find(':', *end) == at)
    return Complaint{key, *end, long_key_message(), "give it a shorter name"};
  const std::size_t last = text.find_last_not_of(' ', at - 1);
  if (is_one_of(text[key], "[{") && is_one_of(text[last], "]}"))
    return Complaint{key, key + 1, "a key must be text, found a list or a map", ""};
  const std::size_t first = text.substr(0, at).find(": ", key);
  const std::size_t value = first == none ? none : text.find_first_not_of(' ', first + 1);
  if (value < at && !is_one_of(text[value], "\"'[{*&|>"))
    return colon_in_text(text, value, at, line.begin + line.text.size());
  return std::nullopt;
}

// Returns true if the line is a list element among the keys of a map.
bool is_among_keys(std::span<const Line> before, const Line& line) {
  if (!line.words().starts_with("- ")) return false;
  while (!before.empty() && before.back().indentation() > line.indentation())
    before = before.first(before.size() - 1);
  return !before.empty() && before.back().indentation() == line.indentation() &&
         !before.back().words().starts_with("- ");
}

// Returns true if an alias stands right before text[at].
bool follows_alias(std::string_view text, std::size_t at, const Line& line) {
  const std::size_t last = text.find_last_not_of(' ', at - 1);
  if (last == none || last < line.begin || last + 1 == at) return false;
  const std::size_t blank = text.find_last_of(" \n", last);
  return text[blank == none ? 0 : blank + 1] == '*';
}

}  // namespace

std::string hint_for_key(std::string_view key) {
  if (const std::size_t colon = key.find(':'); colon != none) {
    const std::string_view next = key.substr(colon + 1);
    const auto character = next.empty() ? std::nullopt : base::character_at(next, 0);
    return character && is_odd_blank(character->code)
               ? fmt::format("what follows the ':' is U+{:04X}, not a space",
                             static_cast<std::uint32_t>(character->code))
               : "a space belongs after the ':'";
  }
  if (key.find('=') != none) return "key=value is for the command line: here it is 'key: value'";
  return {};
}

std::optional<Complaint> complaint_of_lines(std::string_view text, std::size_t at) {
  const Line line = line_at(text, at);
  const std::vector<Line> lines = layout_of(text, at).lines;
  const bool is_last = !lines.empty() && lines.back().begin == line.begin;
  const std::span<const Line> earlier(lines.data(), lines.size() - (is_last ? 1 : 0));
  const Line before = earlier.empty() ? Line{} : earlier.back();
  const std::size_t first = line.begin + line.indentation();
  const std::size_t last = text.find_last_not_of(' ', at == 0 ? 0 : at - 1);
  const bool is_colon = at < text.size() && text[at] == ':';
  if (auto complaint = complaint_of_bracket_in_key(text, line)) return complaint;
  if (is_colon)
    if (auto complaint = of_colon(text, at, line)) return complaint;
  const bool behind = last != none && last >= line.begin && last < at;
  if (behind && is_one_of(text[last], "]}\"'") && text.substr(at, 1) == "," &&
      text.find_first_not_of(" \t", at + 1) >= line.begin + line.text.size())
    return Complaint{at, at + 1, "a ',' outside of any list or map", "leave it out"};
  if (behind && is_one_of(text[last], "]}"))
    return Complaint{at, at + 1, fmt::format("the '{}' before this ends the value", text[last]),
                     "put the next key on a line of its own"};
  if (behind && is_one_of(text[last], "\"'"))
    return Complaint{at, at + 1, "the quoted text ends before this",
                     text[last] == '"' ? "quote all of it; write a '\"' within it as '\\\"'"
                                       : "quote all of it; write a ' within it twice: ''"};
  if (at > first && follows_alias(text, at, line))
    return Complaint{at, at + 1, "an alias is a whole value: nothing can follow it",
                     "quote a text that starts with '*'"};
  if (at > first && at < text.size() && text[at] == '*' && text[first] != '*')
    return Complaint{at, at + 1, "an alias takes no anchor: it has one already", ""};
  if (before.text.empty()) return std::nullopt;
  if (is_colon || at == first)
    if (auto complaint = complaint_of_key_before(text, lines)) return complaint;
  if (at == first && is_key_without_colon(line, before))
    return complaint_of_key(text, at, at + line.entry().size());
  if (at == first && line.indentation() == before.indentation() &&
      before.words().starts_with("- ")) {
    if (line.words().starts_with('-'))
      return Complaint{at, at + 1, "a space belongs after the '-' of a list's element",
                       "quote a text that starts with '-'"};
    return Complaint{at, at + 1, "expected the next '- ' of the list, found a key",
                     "a list and a map cannot share an indentation"};
  }
  if (at == first && is_among_keys(earlier, line))
    return Complaint{at, at + 1, "expected the next key of the map, found an element of a list",
                     "a list needs a key of its own above it"};
  if (at == first)
    return Complaint{at, at + 1, "this line is indented differently from those before it",
                     "all keys of a map start in the same column"};
  if (is_colon && line.indentation() > before.indentation() &&
      text.substr(first, at - first).find(' ') == none)
    return Complaint{first, at, "a key deeper than the line before it, which has a value already",
                     "indent it like the line before"};
  return std::nullopt;
}

Complaint complaint_of_brackets(std::string_view text, std::size_t open, std::size_t at, char close,
                                const Location& opened) {
  const bool at_end = text.find_first_not_of(" \t\n", at) == none;
  const Line line = line_at(text, at);
  const bool starts = at == line.begin + line.indentation();
  const bool next_key = line.begin > open && at < text.size() && (text[at] == ':' || starts) &&
                        line.indentation() <= line_at(text, open).indentation();
  if (at <= open || at_end || next_key) {
    const std::string_view rest = line_at(text, open).text.substr(open - line_at(text, open).begin);
    const std::size_t comment = rest.find(" #");
    const bool eaten = comment != none && rest.find(close, comment) != none;
    return {open, open + 1, fmt::format("'{}' is never closed", text[open]),
            eaten ? "' #' starts a comment: quote a text that contains it" : ""};
  }
  const std::size_t space = text.find_last_of(" \n,[{", at - 1);
  const bool is_key = text[at] == ':' && space != none && space > open && text[space] == ' ';
  const std::size_t end = std::min(text.find_first_of(",]}\n", at), text.size());
  if (is_key && text[text.find_last_not_of(' ', space)] == ':')
    return colon_in_text(text, space + 1, at, end);
  const std::string since =
      fmt::format("'{}' has been open since {}:{}", text[open], opened.line, opened.column);
  if (is_key) return {space + 1, at, fmt::format("expected ',' or '{}' before this", close), since};
  return {at, at + 1, fmt::format("expected ',' or '{}'", close), since};
}

Complaint complaint_of_closing(std::string_view text, std::size_t at,
                               const std::function<Location(std::size_t)>& place) {
  const Layout layout = layout_of(text, at);
  if (!layout.lines.empty())
    if (auto complaint = complaint_of_bracket_in_key(text, layout.lines.back())) return *complaint;
  if (layout.open.empty() || at >= text.size())
    return {at, at + 1, "a closing bracket or brace that nothing opened",
            "remove it, or quote the text that it is in"};
  const std::size_t open = layout.open.back();
  const char close = text[open] == '[' ? ']' : '}';
  const Location opened = place(open);
  const std::string since =
      fmt::format("'{}' has been open since {}:{}", text[open], opened.line, opened.column);
  const std::string stray = fmt::format("a '{}' that nothing opened", text[at]);
  if (at + 1 < text.size() && !is_one_of(text[at + 1], " \t\n,]}"))
    return {at, at + 1, stray, "remove it, or quote the text that it is in"};
  const std::size_t next = text.find_first_not_of(" \t", at + 1);
  if (next != none && text[next] == close)
    return {at, at + 1, stray,
            fmt::format("remove it, or write the '{}' that it closes; {}",
                        text[at] == ']' ? '[' : '{', since)};
  return {at, at + 1, fmt::format("expected '{}', found '{}'", close, text[at]), since};
}

}  // namespace assay::config
