#include "runner/config/syntax_error.h"

#include <fmt/format.h>
#include <yaml-cpp/exceptions.h>

#include <algorithm>
#include <array>
#include <string_view>

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
    {Said::UNKNOWN_TOKEN, "no value can start with this character", "quote it"},
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

// A tab before the first word of the line that holds text[at].
std::size_t tab_in_indentation(std::string_view text, std::size_t at) {
  const std::size_t before = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
  const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
  const std::size_t word = std::min(text.find_first_not_of(" \t", begin), text.size());
  const std::size_t tab = text.substr(0, word).find('\t', begin);
  return tab;
}

}  // namespace

void report(const YAML::ParserException& error, const std::string& text, NodeBuilder& builder,
            Diagnostics& diagnostics) {
  const std::size_t at =
      std::min(static_cast<std::size_t>(std::max(error.mark.pos, 0)), text.size());
  const auto say = [&](std::size_t begin, std::string message, std::string_view hint) {
    diagnostics.error(builder.places().at(begin), {}, std::move(message), std::string(hint));
  };
  const auto said = [&error](std::string_view words) { return error.msg.starts_with(words); };

  if (said(Said::END_OF_MAP_FLOW) || said(Said::END_OF_SEQ_FLOW)) {
    const std::size_t open = builder.open_bracket().value_or(0);
    const char close = said(Said::END_OF_MAP_FLOW) ? '}' : ']';
    const bool at_end = text.find_first_not_of(" \t\n", at) == std::string::npos;
    if (at <= open || at_end) return say(open, fmt::format("'{}' is never closed", text[open]), "");
    const Location where = builder.places().at(open);
    return say(at, fmt::format("expected ',' or '{}'", close),
               fmt::format("'{}' is open since {}:{}", text[open], where.line, where.column));
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
  for (const Translation& t : translations)
    if (error.msg == t.said) return say(at, std::string(t.message), t.hint);
  say(at, "not YAML: " + error.msg, "");
}

}  // namespace assay::config
