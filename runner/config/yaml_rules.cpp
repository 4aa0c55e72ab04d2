#include "runner/config/yaml_rules.h"

#include <algorithm>

#include "runner/config/line.h"
#include "runner/config/marks.h"
#include "runner/config/scalar_extent.h"

namespace assay::config {
namespace {

constexpr auto none = std::string_view::npos;

Complaint comment_right_behind(std::size_t at) {
  return {at, at + 1, "a comment needs a space before its '#'",
          "add the space, or quote the whole text"};
}

// Complains about `\'`, which only looks like an escape.
std::optional<Complaint> complaint_of_escapes(std::string_view text, std::size_t begin,
                                              std::size_t close) {
  if (text[begin] != '"') return std::nullopt;
  for (std::size_t at = begin + 1; at + 1 < close; ++at) {
    if (text[at] != '\\') continue;
    if (text[at + 1] == '\'')
      return Complaint{at, at + 2, "an escape that YAML does not know",
                       "within double quotes a ' needs no backslash"};
    ++at;
  }
  return std::nullopt;
}

std::optional<Complaint> complaint_of_quoted(std::string_view text, std::size_t begin,
                                             std::optional<std::size_t> parent) {
  const std::size_t close = closing_quote(text, begin);
  if (close == none) return std::nullopt;
  if (auto complaint = complaint_of_escapes(text, begin, close)) return complaint;
  for (std::size_t end = text.find('\n', begin); end < close; end = text.find('\n', end + 1)) {
    const std::size_t word = text.find_first_not_of(" \t\n", end + 1);
    if (word >= close) break;
    if (auto complaint = complaint_of_indentation(text, word, parent)) return complaint;
  }
  if (close + 1 < text.size() && text[close + 1] == '#') return comment_right_behind(close + 1);
  return std::nullopt;
}

std::optional<Complaint> complaint_of_block(std::string_view text, std::size_t begin,
                                            std::optional<std::size_t> parent) {
  const std::size_t header = std::min(text.find_first_not_of("|>+-0123456789", begin), text.size());
  if (header < text.size() && text[header] == '#') return comment_right_behind(header);
  const std::string_view marks = text.substr(begin, header - begin);
  if (marks.find_first_of("0123456789") != none) return std::nullopt;
  std::size_t deepest = 0;
  std::size_t deepest_at = 0;
  for (std::size_t at = text.find('\n', begin); at != none; at = text.find('\n', at + 1)) {
    const Line line = line_at(text, at + 1);
    const bool is_first = line.indentation() < line.text.size();
    const std::size_t column = line.indentation();
    if (is_first && parent && column <= *parent) return std::nullopt;  // it is after the block
    if (is_first && deepest > column)
      return Complaint{deepest_at, deepest_at + deepest,
                       "a blank line that is deeper than the block's first line",
                       "delete its spaces; they are invisible"};
    if (is_first) return std::nullopt;
    if (column > deepest) {
      deepest = column;
      deepest_at = line.begin;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<Complaint> complaint_of_scalar(std::string_view text, std::size_t begin,
                                             std::optional<std::size_t> parent) {
  if (begin >= text.size()) return std::nullopt;
  if (is_quote(text[begin])) return complaint_of_quoted(text, begin, parent);
  if (is_one_of(text[begin], "|>")) return complaint_of_block(text, begin, parent);
  return std::nullopt;
}

std::optional<Complaint> complaint_of_indentation(std::string_view text, std::size_t at,
                                                  std::optional<std::size_t> parent) {
  if (!parent || at >= text.size()) return std::nullopt;
  const Line line = line_at(text, at);
  const bool starts_line = line.text.find_first_not_of(" \t") == at - line.begin;
  if (!starts_line || line.indentation() > *parent) return std::nullopt;
  const bool tab = text[line.begin + line.indentation()] == '\t';
  return Complaint{at, at + 1, "this line continues the value of a key, but is not indented deeper",
                   tab ? "a tab cannot indent: use spaces" : "indent it deeper than the key"};
}

std::optional<Complaint> complaint_of_closed_brackets(std::string_view text, std::size_t begin) {
  std::size_t open = 0;
  bool at_start = true;  // of a value or key
  for (std::size_t at = begin; at < text.size(); ++at) {
    if (at_start && is_quote(text[at])) {
      at = closing_quote(text, at);
      if (at == none) return std::nullopt;
      at_start = false;
    } else if (text[at] == '#' && is_one_of(text[at - 1], " \t\n")) {
      at = text.find('\n', at);
      if (at == none) return std::nullopt;
    } else if (is_one_of(text[at], "]}")) {
      if (at + 1 < text.size() && text[at + 1] == '#') return comment_right_behind(at + 1);
      if (--open == 0) return std::nullopt;
      at_start = false;
    } else {
      if (is_one_of(text[at], "[{")) ++open;
      if (!is_one_of(text[at], " \t\n")) at_start = is_one_of(text[at], "[{,:");
    }
  }
  return std::nullopt;
}

std::optional<std::string> folded_blanks(std::string_view text, std::size_t begin) {
  if (begin >= text.size() || !is_quote(text[begin])) return std::nullopt;
  const std::size_t close = text.find_first_not_of(" \t\n", begin + 1);
  if (close == none || text[close] != text[begin]) return std::nullopt;
  if (text.substr(close, 2) == "''" && text[begin] == '\'') return std::nullopt;  // a quote in it
  const std::string_view blanks = text.substr(begin + 1, close - begin - 1);
  const auto breaks = static_cast<std::size_t>(std::ranges::count(blanks, '\n'));
  if (breaks == 0) return std::nullopt;
  return breaks == 1 ? std::string(" ") : std::string(breaks - 1, '\n');
}

}  // namespace assay::config
