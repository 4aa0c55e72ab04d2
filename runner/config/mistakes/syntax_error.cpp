#include "runner/config/mistakes/syntax_error.h"

#include <fmt/format.h>
#include <yaml-cpp/exceptions.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "runner/base/wording.h"
#include "runner/config/mistakes/complaint.h"
#include "runner/config/mistakes/layout.h"
#include "runner/config/mistakes/long_key.h"
#include "runner/config/scalar_extent.h"

namespace assay::config {
namespace {

namespace Said = YAML::ErrorMsg;

struct Translation {
  std::string_view said;
  std::string_view message;
  std::string_view hint;
};

constexpr const char* not_an_alias = "this is read as an alias, which is '*' and a name";
constexpr const char* not_an_anchor = "this is read as an anchor, which is '&' and a name";
constexpr const char* no_tags = "tags are not allowed: the option determines the type of its value";
constexpr const char* quote_star = "quote a text that starts with '*'";
constexpr const char* quote_and = "quote a text that starts with '&'";
constexpr const char* quote_mark = "leave it out, or quote a text that starts with '!'";

const std::array<Translation, 20> translations = {{
    {Said::MAP_VALUE, "':' where no value can start",
     "check the indentation; a text that contains ': ' needs quotes"},
    {Said::MAP_KEY, "a key where none can stand", "check the indentation"},
    {Said::BLOCK_ENTRY, "'- ' where no list can start", "check the indentation"},
    {Said::END_OF_MAP, "expected the next key of the map, found something else",
     "check the indentation, and the quotes of the value before"},
    {Said::END_OF_SEQ, "expected the next '- ' of the list, found something else",
     "check the indentation, and the quotes of the value before"},
    {Said::UNKNOWN_TOKEN, "no value can start with this character", "quote the whole value"},
    {Said::UNKNOWN_ANCHOR, "there is no anchor of this name before this",
     "`&name` in front of a value makes one; quote a text that starts with '*'"},
    {Said::CHAR_IN_ALIAS, not_an_alias, quote_star},
    {Said::ALIAS_NOT_FOUND, not_an_alias, quote_star},
    {Said::ANCHOR_NOT_FOUND, not_an_anchor, quote_and},
    {Said::CHAR_IN_ANCHOR, not_an_anchor, quote_and},
    {Said::MULTIPLE_ANCHORS, "a second anchor for the same value", "one is enough"},
    {Said::MULTIPLE_TAGS, no_tags, quote_mark},
    {Said::TAG_WITH_NO_SUFFIX, no_tags, quote_mark},
    {Said::CHAR_IN_TAG_HANDLE, no_tags, quote_mark},
    {Said::END_OF_VERBATIM_TAG, no_tags, quote_mark},
    {Said::CHAR_IN_BLOCK, "'|' and '>' start a block of lines, which begins on the next line",
     "quote a text that starts with this sign"},
    {Said::ZERO_INDENT_IN_BLOCK, "a block of lines cannot be indented by 0",
     "leave the digit out: the first line sets the indentation"},
    {Said::BAD_FILE, "nested too deeply", "at most 64 levels"},
    {Said::TAB_IN_INDENTATION, "a tab cannot indent", "use spaces"},
}};

const Translation* translated(std::string_view message) {
  const auto found = std::ranges::find_if(
      translations, [message](const Translation& t) { return message.starts_with(t.said); });
  return found == translations.end() ? nullptr : &*found;
}

// Returns the position of a tab before the first word of the line that contains text[at].
std::size_t tab_in_indentation(std::string_view text, std::size_t at) {
  const std::size_t before = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
  const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
  const std::size_t word = std::min(text.find_first_not_of(" \t", begin), text.size());
  const std::size_t tab = text.substr(0, word).find('\t', begin);
  return tab;
}

// Returns a hint about a tab in an indentation that also lists the other lines with one.
std::string hint_for_tab(std::string_view text, std::size_t tab, Places& places) {
  if (line_at(text, tab).is_blank()) return "delete it; it is invisible";
  std::vector<std::string> more;
  for (const Line& line : layout_of(text, text.size()).lines)
    if (line.begin > tab && line.words().starts_with('\t'))
      more.push_back(std::to_string(places.at(line.begin).line));
  if (more.empty()) return "use spaces";
  return fmt::format("use spaces, also on line{} {}", more.size() > 1 ? "s" : "",
                     base::listed(more));
}

// Returns the start of the word that text[at] is in or after. The word is a tag, or another word
// with a special first character `sign`.
std::size_t start_of_word(std::string_view text, std::size_t at, char sign) {
  const std::size_t found = text.rfind(sign, at);
  if (found == std::string_view::npos) return at;
  const std::size_t before = text.find_last_of(" \n,[{", found);
  return before == std::string_view::npos ? 0 : std::min(before + 1, found);
}

}  // namespace

void report(const YAML::ParserException& error, const std::string& text, NodeBuilder& builder,
            Diagnostics& diagnostics) {
  const std::size_t at =
      std::min(static_cast<std::size_t>(std::max(error.mark.pos, 0)), text.size());
  const auto say = [&](std::size_t begin, std::string_view message, std::string_view hint) {
    diagnostics.error(builder.places().at(begin), {}, std::string(message), std::string(hint));
  };
  const auto complain = [&](Complaint c) {
    diagnostics.error(builder.places().at(c.begin, c.end), {}, std::move(c.message),
                      std::move(c.hint));
  };
  const auto said = [&error](std::string_view words) { return error.msg.starts_with(words); };

  if (said(Said::END_OF_MAP_FLOW) || said(Said::END_OF_SEQ_FLOW)) {
    const std::size_t open = builder.open_bracket().value_or(0);
    const char close = said(Said::END_OF_MAP_FLOW) ? '}' : ']';
    // The last event was about a key that the parser did not recognise as one.
    if (const auto end = long_key_end(text, builder.offset(), true))
      return complain({builder.offset(), *end, long_key_message(), "give it a shorter name"});
    return complain(complaint_of_brackets(text, open, at, close, builder.places().at(open)));
  }
  if (said(Said::FLOW_END))
    return complain(complaint_of_closing(
        text, at, [&builder](std::size_t offset) { return builder.places().at(offset); }));
  if (said(Said::EOF_IN_SCALAR) || said(Said::DOC_IN_SCALAR)) {
    const std::size_t quote = unclosed_quote(text, builder.offset());
    if (quote != std::string::npos) return say(quote, "the quoted text is never closed", "");
    return say(at, "within a quoted text, a line that ends the document", "indent the line");
  }
  if (said(Said::INVALID_ESCAPE) || said(Said::INVALID_HEX) || said(Said::INVALID_UNICODE))
    return say(at == 0 ? 0 : at - 1, "an escape that YAML does not know",
               "write \\\\ for a backslash, or use single quotes");
  if (const std::size_t tab = tab_in_indentation(text, at); tab != std::string::npos)
    return say(tab, "a tab cannot indent", hint_for_tab(text, tab, builder.places()));
  const Translation* const known = translated(error.msg);
  // The parser reports these errors at the end of the word in question.
  for (const auto& [about, sign] :
       {std::pair(not_an_alias, '*'), std::pair(not_an_anchor, '&'), std::pair(no_tags, '!')})
    if (known != nullptr && known->message == about)
      return say(start_of_word(text, at, sign), known->message, known->hint);
  if (said(Said::CHAR_IN_BLOCK) || said(Said::ZERO_INDENT_IN_BLOCK))
    return say(std::min(text.find_last_of("|>", at), at), known->message, known->hint);
  const bool block = said(Said::END_OF_MAP) || said(Said::END_OF_SEQ) || said(Said::MAP_VALUE);
  if (block)
    if (auto complaint = complaint_of_lines(text, at)) return complain(std::move(*complaint));
  if (known != nullptr) return say(at, known->message, known->hint);
  say(at, "this is not YAML", "the parser says: " + error.msg);
}

}  // namespace assay::config
