#include "runner/config/syntax_error.h"

#include <fmt/format.h>
#include <yaml-cpp/exceptions.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "runner/config/scalar_extent.h"

namespace assay::config {
namespace {

namespace Said = YAML::ErrorMsg;

struct Translation {
  std::string_view said;
  std::string_view message;
  std::string_view hint;
};

const std::array<Translation, 14> translations = {{
    {Said::MAP_VALUE, "':' where no value can start",
     "check the indentation; a text that holds ': ' needs quotes"},
    {Said::MAP_KEY, "a key where none can stand", "check the indentation"},
    {Said::BLOCK_ENTRY, "'- ' where no list can start", "check the indentation"},
    {Said::END_OF_MAP, "expected the next key of the map, found something else",
     "check the indentation, and the quotes of the value before"},
    {Said::END_OF_SEQ, "expected the next '- ' of the list, found something else",
     "check the indentation, and the quotes of the value before"},
    {Said::FLOW_END, "a closing bracket or brace that nothing opened", ""},
    {Said::UNKNOWN_TOKEN, "no value can start with this character", "quote the whole value"},
    {Said::UNKNOWN_ANCHOR, "no anchor of this name before here", ""},
    {Said::CHAR_IN_ALIAS, "this is read as an alias, which is '*' and a name",
     "quote a text that starts with '*'"},
    {Said::ALIAS_NOT_FOUND, "this is read as an alias, which is '*' and a name",
     "quote a text that starts with '*'"},
    {Said::ANCHOR_NOT_FOUND, "this is read as an anchor, which is '&' and a name",
     "quote a text that starts with '&'"},
    {Said::CHAR_IN_ANCHOR, "this is read as an anchor, which is '&' and a name",
     "quote a text that starts with '&'"},
    {Said::BAD_FILE, "nested too deeply", ""},
    {Said::TAB_IN_INDENTATION, "a tab cannot indent", "use spaces"},
}};

const Translation* translated(std::string_view message) {
  const auto found = std::ranges::find(translations, message, &Translation::said);
  return found == translations.end() ? nullptr : &*found;
}

// A tab before the first word of the line that holds text[at].
std::size_t tab_in_indentation(std::string_view text, std::size_t at) {
  const std::size_t before = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
  const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
  const std::size_t word = std::min(text.find_first_not_of(" \t", begin), text.size());
  const std::size_t tab = text.substr(0, word).find('\t', begin);
  return tab;
}

constexpr std::size_t none = std::string_view::npos;

// A line of the text, without its line break.
struct Line {
  std::size_t begin = 0;
  std::string_view text;

  std::size_t indentation() const { return std::min(text.find_first_not_of(' '), text.size()); }
  bool is_blank() const {
    const std::size_t first = text.find_first_not_of(" \t");
    return first == none || text[first] == '#';
  }
  std::string_view words() const { return text.substr(indentation()); }
};

Line line_at(std::string_view text, std::size_t at) {
  const std::size_t before = at == 0 ? none : text.rfind('\n', at - 1);
  const std::size_t begin = before == none ? 0 : before + 1;
  return {begin, text.substr(begin, std::min(text.find('\n', begin), text.size()) - begin)};
}

// The last one before that says something.
Line line_before(std::string_view text, Line line) {
  while (line.begin > 0) {
    line = line_at(text, line.begin - 1);
    if (!line.is_blank()) return line;
  }
  return {};
}

struct Complaint {
  std::size_t begin = 0, end = 0;
  std::string message;
  std::string hint;
};

// The parser stumbles over something at text[at] in a block of lines.
std::optional<Complaint> of_lines(std::string_view text, std::size_t at) {
  const Line line = line_at(text, at);
  const Line before = line_before(text, line);
  const std::size_t first = line.begin + line.indentation();
  const std::size_t last = text.find_last_not_of(' ', at == 0 ? 0 : at - 1);
  if (last != none && last >= line.begin && last < at && (text[last] == '"' || text[last] == '\''))
    return Complaint{at, at + 1, "the quoted text ends before this",
                     text[last] == '"' ? "quote all of it; a '\"' within is written '\\\"'"
                                       : "quote all of it; a ' within is written twice: ''"};
  if (before.text.empty()) return std::nullopt;
  if (at == first && line.indentation() == before.indentation() && before.words().starts_with("- "))
    return Complaint{at, at + 1, "expected the next '- ' of the list, found a key",
                     "a list and a map cannot share an indentation"};
  if (at == first)
    return Complaint{at, at + 1, "this line is indented unlike those before it",
                     "the keys of a map all start in one column"};
  if (at < text.size() && text[at] == ':' && line.indentation() > before.indentation() &&
      text.substr(first, at - first).find(' ') == none)
    return Complaint{first, at, "a key deeper than the line before it, which has a value already",
                     "indent it like the line before"};
  return std::nullopt;
}

// A list or map in brackets, open since text[open], goes on with text[at] without a comma.
Complaint of_brackets(std::string_view text, std::size_t open, std::size_t at, char close,
                      const Location& opened) {
  const std::string never = fmt::format("'{}' is never closed", text[open]);
  const bool at_end = text.find_first_not_of(" \t\n", at) == none;
  const Line line = line_at(text, at);
  const bool next_key = line.begin > open && at < text.size() && text[at] == ':' &&
                        line.indentation() <= line_at(text, open).indentation();
  if (at <= open || at_end || next_key) return {open, open + 1, never, ""};
  const std::size_t space = text.find_last_of(" \n,[{", at - 1);
  const bool is_key = text[at] == ':' && space != none && space > open && text[space] == ' ';
  if (is_key)
    return {space + 1, at, fmt::format("expected ',' or '{}' before this", close),
            fmt::format("'{}' is open since {}:{}", text[open], opened.line, opened.column)};
  return {at, at + 1, fmt::format("expected ',' or '{}'", close),
          fmt::format("'{}' is open since {}:{}", text[open], opened.line, opened.column)};
}

}  // namespace

void report(const YAML::ParserException& error, const std::string& text, NodeBuilder& builder,
            Diagnostics& diagnostics) {
  const std::size_t at =
      std::min(static_cast<std::size_t>(std::max(error.mark.pos, 0)), text.size());
  const auto say = [&](std::size_t begin, std::string message, std::string_view hint) {
    diagnostics.error(builder.places().at(begin), {}, std::move(message), std::string(hint));
  };
  const auto complain = [&](Complaint c) {
    diagnostics.error(builder.places().at(c.begin, c.end), {}, std::move(c.message),
                      std::move(c.hint));
  };
  const auto said = [&error](std::string_view words) { return error.msg.starts_with(words); };

  if (said(Said::END_OF_MAP_FLOW) || said(Said::END_OF_SEQ_FLOW)) {
    const std::size_t open = builder.open_bracket().value_or(0);
    const char close = said(Said::END_OF_MAP_FLOW) ? '}' : ']';
    return complain(of_brackets(text, open, at, close, builder.places().at(open)));
  }
  if (said(Said::EOF_IN_SCALAR) || said(Said::DOC_IN_SCALAR)) {
    const std::size_t quote = unclosed_quote(text, builder.offset());
    return say(quote == std::string::npos ? at : quote, "the quoted text is never closed", "");
  }
  if (said(Said::INVALID_ESCAPE) || said(Said::INVALID_HEX) || said(Said::INVALID_UNICODE))
    return say(at == 0 ? 0 : at - 1, "an escape that YAML does not know",
               "write \\\\ for a backslash, or use single quotes");
  if (const std::size_t tab = tab_in_indentation(text, at); tab != std::string::npos)
    return say(tab, "a tab cannot indent", "use spaces");
  const bool of_a_name = said(Said::CHAR_IN_ALIAS) || said(Said::ALIAS_NOT_FOUND) ||
                         said(Said::CHAR_IN_ANCHOR) || said(Said::ANCHOR_NOT_FOUND);
  const std::size_t sign = text.find_last_of("*&", at);
  if (of_a_name && sign != std::string::npos)
    return complain({sign, sign + 1, std::string(translated(error.msg)->message),
                     std::string(translated(error.msg)->hint)});
  const bool block = said(Said::END_OF_MAP) || said(Said::END_OF_SEQ) || said(Said::MAP_VALUE);
  if (block)
    if (auto complaint = of_lines(text, at)) return complain(std::move(*complaint));
  if (const Translation* t = translated(error.msg))
    return say(at, std::string(t->message), t->hint);
  say(at, "not YAML: " + error.msg, "");
}

}  // namespace assay::config
