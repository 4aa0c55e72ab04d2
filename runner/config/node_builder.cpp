#include "runner/config/node_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "assay/number_text.h"
#include "runner/base/utf8.h"
#include "runner/base/wording.h"
#include "runner/config/marks.h"
#include "runner/config/mistakes/complaint.h"
#include "runner/config/mistakes/long_key.h"
#include "runner/config/mistakes/missing_colon.h"
#include "runner/config/mistakes/second_document.h"
#include "runner/config/reader.h"
#include "runner/config/scalar_extent.h"
#include "runner/config/yaml_rules.h"

namespace assay::config {
namespace {

// The maximum size of the texts that aliases repeat.
constexpr std::size_t max_text = 8 * max_bytes;

// Returns the length of the word for null at text[begin]; 0 if there is none.
std::size_t null_length(std::string_view text, std::size_t begin) {
  const std::string_view word = text.substr(begin, text.find_first_of(" \t\n:,]}", begin) - begin);
  const bool is_null = word == "~" || word == "null" || word == "Null" || word == "NULL";
  return is_null ? word.size() : 0;
}

// Returns true for `? key` with its ':' on a separate line.
bool is_behind_question_mark(std::string_view text, std::size_t key) {
  const std::size_t before = text.substr(0, key).find_last_not_of(" \t\"'");
  return before != std::string_view::npos && text[before] == '?';
}

// Returns the first position from text[at] on that is neither blank nor within a comment.
std::size_t behind_comments(std::string_view text, std::size_t at) {
  at = std::min(text.find_first_not_of(" \t\n", at), text.size());
  while (at < text.size() && text[at] == '#') {
    at = std::min(text.find('\n', at), text.size());
    at = std::min(text.find_first_not_of(" \t\n", at), text.size());
  }
  return at;
}

// Returns the end of the key within braces at text[begin] if its ':' is on a later line.
std::optional<std::size_t> key_without_its_colon(std::string_view text, std::size_t begin) {
  std::size_t end = text.find_first_of(":,[]{}\n#", begin);
  if (is_quote(text[begin])) end = closing_quote(text, begin) + 1;  // npos + 1 is 0
  if (end <= begin || end >= text.size() || is_one_of(text[end], ":,[]{}")) return std::nullopt;
  const std::size_t colon = behind_comments(text, end);
  const bool later = text.substr(end, colon - end).find('\n') != std::string_view::npos;
  if (!later || colon >= text.size() || text[colon] != ':') return std::nullopt;
  return text.find_last_not_of(" \t", end - 1) + 1;
}

}  // namespace

NodeBuilder::NodeBuilder(const std::shared_ptr<const Source>& source, Diagnostics& diagnostics)
    : text_(source->text), stand_ins_(text_), diagnostics_(diagnostics), places_(source) {}

std::optional<std::size_t> NodeBuilder::open_bracket() const {
  const auto found = std::find_if(stack_.rbegin(), stack_.rend(), [this](const Frame& frame) {
    return text_[frame.begin] == '[' || text_[frame.begin] == '{';
  });
  if (found == stack_.rend()) return std::nullopt;
  return found->begin;
}

void NodeBuilder::OnDocumentStart(const YAML::Mark& mark) {
  const std::size_t begin = begin_of(mark);
  if (start_) stop(complaint_of_second_document(text_, *start_, begin));
  start_ = begin;
}

void NodeBuilder::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
  const std::size_t begin = begin_of(mark);
  const std::size_t length = null_length(text_, begin);
  const std::size_t end = begin + std::max<std::size_t>(length, 1);
  if (expects_key() && open_bracket())
    if (const auto key_end = long_key_end(text_, begin, true))
      stop(begin, *key_end, long_key_message(), "give it a shorter name");
  if (expects_key() && length == 0 && open_bracket() && begin < text_.size()) {
    if (text_[begin] == ',') stop(begin, end, "a ',' with nothing before it", "one too many?");
    if (const auto key_end = key_without_its_colon(text_, begin))
      stop(begin, *key_end, "the ':' of a key must be on the same line as the key",
           "write it right after the key");
    // This looks like a key that continues on the next line, which is not allowed.
    const std::size_t bracket = *open_bracket();
    const std::size_t stop_sign = text_.find_first_of(":,]}\n", begin);
    if (stop_sign == std::string::npos || text_[stop_sign] == '\n')
      stop(bracket, bracket + 1, fmt::format("'{}' is never closed", text_[bracket]));
    const std::size_t word_end = std::min(text_.find_first_of("[{", begin), stop_sign);
    if (word_end > begin && !is_quote(text_[begin]))
      stop(complaint_of_key(text_, begin, text_.find_last_not_of(" \t", word_end - 1) + 1));
  }
  if (expects_key()) stop(begin, end, "a key must be text, found null");
  null(begin, begin + length, anchor);
}

void NodeBuilder::null(std::size_t begin, std::size_t end, YAML::anchor_t anchor) {
  const bool of_key = !stack_.empty() && stack_.back().node.kind == Node::Kind::map;
  Node node;
  // If the value is empty, the mark already points at the token that follows.
  const std::size_t before =
      begin == end && begin > 0 ? text_.find_last_not_of(" \t\n", begin - 1) : std::string::npos;
  if (begin == end && of_key) node.where = stack_.back().node.map.back().where;
  else if (before != std::string::npos && text_[before] == '-') node.where = places_.at(before);
  else node.where = places_.at(begin, end);
  value(std::move(node), anchor);
}

void NodeBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
  const std::size_t begin = begin_of(mark);
  if (expects_key()) stop(begin, begin + 1, "a key must be text, found an alias");
  check_indentation(begin);
  const auto found = anchors_.find(anchor);
  if (found == anchors_.end())
    stop(begin, begin + 1, "an alias inside the value that it stands for");
  spend(found->second.size, begin);
  Node node = found->second.node;
  node.where = places_.at(begin, text_.find_first_of(" ,]}\n", begin));
  value(std::move(node), 0);
}

void NodeBuilder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                           const std::string& read) {
  const std::size_t begin = begin_of(mark);
  const std::string text = folded_blanks(text_, begin).value_or(stand_ins_.shown(read));
  const std::size_t end = scalar_end(text_, begin, text);
  const bool quoted = begin < text_.size() &&
                      std::string_view("\"'|>").find(text_[begin]) != std::string_view::npos;
  // A tag without a value after it.
  if (!tag.empty() && !quoted && text.empty() && !expects_key()) return null(begin, begin, anchor);
  // yaml-cpp mistakes the line break before the end of the text for the closing quote.
  if (quoted && is_unclosed(text_, begin))
    stop(begin, begin + 1, "the quoted text is never closed");
  if (quoted)
    if (const auto complaint = complaint_of_scalar(text_, begin, block_column())) stop(*complaint);
  check_indentation(begin);
  if (!quoted && text == "-" && open_bracket())
    stop(begin, end, "a '-' alone is not a value within braces or brackets", "quote it: \"-\"");
  if (!quoted && text.ends_with('$') && end < text_.size() && text_[end] == '{')
    stop(end - 1, end + 1, "'${' breaks the map or list in braces or brackets around it",
         "quote it: \"" + text + "{...}\"");
  for (std::size_t at = 0; at < text.size();) {
    const auto character = base::character_at(text, at);
    if (!character || !base::printable(character->code) || character->code == '\r')
      stop(begin, end, "an escape that stands for a control character");
    at += character->bytes;
  }
  if (expects_key()) return key(text, begin, end);
  Node node;
  node.kind = Node::Kind::scalar;
  node.scalar = text;
  node.quoted = quoted;
  node.where = places_.at(begin, end);
  spend({1, text.size(), 0}, begin);
  value(std::move(node), anchor);
}

void NodeBuilder::OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                                  YAML::EmitterStyle::value) {
  start(Node::Kind::list, mark, anchor);
}

void NodeBuilder::OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                             YAML::EmitterStyle::value) {
  start(Node::Kind::map, mark, anchor);
}

bool NodeBuilder::expects_key() const {
  return !stack_.empty() && stack_.back().node.kind == Node::Kind::map && !stack_.back().has_key;
}

// Returns the position after the anchor and the tag, which a mark includes. Reports a tag.
std::size_t NodeBuilder::begin_of(const YAML::Mark& mark) {
  std::size_t begin = std::min(static_cast<std::size_t>(std::max(mark.pos, 0)), text_.size());
  if (begin < text_.size() && text_[begin] == '&' && !stack_.empty() && !expects_key())
    if (const auto complaint = complaint_of_indentation(text_, begin, block_column()))
      stop(*complaint);
  while (begin < text_.size() && (text_[begin] == '&' || text_[begin] == '!')) {
    const bool verbatim = text_.compare(begin, 2, "!<") == 0;
    std::size_t end = text_.find_first_of(verbatim ? ">\n" : " ,[]{}\n", begin);
    end = std::min(verbatim && end != std::string::npos ? end + 1 : end, text_.size());
    if (text_[begin] == '!' && begin >= after_tag_) {
      diagnostics_.error(places_.at(begin, end), {},
                         "tags are not allowed: the option determines the type of its value",
                         "leave it out, or quote a text that starts with '!'");
      after_tag_ = end;
    }
    begin = behind_comments(text_, end);
  }
  offset_ = begin;
  return begin;
}

std::optional<std::size_t> NodeBuilder::block_column() const {
  // A value within brackets must lie in them completely, and so must a pair `[key: value]`.
  const auto bracket = std::ranges::find_if(
      stack_, [this](const Frame& frame) { return is_one_of(text_[frame.begin], "[{"); });
  if (bracket == stack_.begin()) return std::nullopt;
  const std::size_t begin = std::prev(bracket)->begin;
  return begin - line_at(text_, begin).begin;
}

// Checks a value that starts within brackets; the parser checks all others.
void NodeBuilder::check_indentation(std::size_t begin) {
  if (!open_bracket()) return;
  if (const auto complaint = complaint_of_indentation(text_, begin, block_column()))
    stop(*complaint);
}

void NodeBuilder::start(Node::Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
  const std::size_t begin = begin_of(mark);
  check_indentation(begin);
  if (stack_.size() >= max_depth)
    stop(begin, begin + 1, fmt::format("nested deeper than {} levels", max_depth));
  spend({1, 0, 0}, begin);
  const bool is_key = expects_key();
  Frame& frame = stack_.emplace_back();
  frame.node.kind = kind;
  frame.node.where = places_.at(begin);
  frame.begin = begin;
  frame.anchor = anchor;
  frame.is_key = is_key;
}

void NodeBuilder::end() {
  Frame frame = std::move(stack_.back());
  stack_.pop_back();
  if (is_one_of(text_[frame.begin], "[{") && !open_bracket())
    if (const auto complaint = complaint_of_closed_brackets(text_, frame.begin)) stop(*complaint);
  // This check comes last: a bracket that is never closed looks like the start of such a key.
  if (frame.is_key) stop(frame.begin, frame.begin + 1, "a key must be text, found a list or a map");
  value(std::move(frame.node), frame.anchor);
}

// Returns the path of the map that is being read: "model.init".
std::string NodeBuilder::path() const {
  std::string result;
  for (std::size_t i = 0; i + 1 < stack_.size(); ++i) {
    const Node& node = stack_[i].node;
    if (stack_[i + 1].is_key) return result;  // it is not a valid key, and will be reported
    result = base::joined(result, node.kind == Node::Kind::map ? node.map.back().key
                                                               : std::to_string(node.list.size()));
  }
  return result;
}

void NodeBuilder::key(const std::string& text, std::size_t begin, std::size_t end) {
  Frame& map = stack_.back();
  const Location where = places_.at(begin, end);
  const std::size_t next = text_.find_first_not_of(" \t", end);
  const bool at_end = text_.find_first_not_of(" \t\n", end) == std::string::npos;
  if (const auto bracket = open_bracket(); at_end && bracket)
    stop(*bracket, *bracket + 1, fmt::format("'{}' is never closed", text_[*bracket]));
  // Within brackets this is skipped: one line may be long and hold many keys.
  const Line line = open_bracket() ? Line{} : line_at(text_, begin);
  const bool of_line = !line.text.empty() && line.begin + line.key_column() == begin;
  if (next == std::string::npos || text_[next] != ':') {
    if (is_behind_question_mark(text_, begin))
      stop(begin, end, fmt::format("expected ':' and a value after the key {}", base::quoted(text)),
           "keys are written without '?'");
    stop(complaint_of_key(text_, begin, of_line ? begin + line.entry().size() : end));
  }
  if (of_line)
    if (const auto complaint = complaint_of_bracket_in_key(text_, line)) stop(*complaint);
  if (text == "<<")
    stop(begin, end, "merge keys belong to YAML 1.1: write the keys out, or use an alias");
  const auto [found, is_new] = map.lines.try_emplace(text, where.line);
  if (!is_new)
    diagnostics_.error(where, base::joined(path(), text), "the key occurs twice",
                       fmt::format("first on line {}", found->second));
  spend({1, text.size(), 0}, begin);
  map.node.map.push_back({text, where, {}});
  map.has_key = true;
  map.is_twice = !is_new;
}

void NodeBuilder::value(Node node, YAML::anchor_t anchor) {
  if (anchor != 0) {
    const NodeSize size = size_of(node);
    spend(size, offset_);
    anchors_.insert_or_assign(anchor, Anchored{node, size});
  }
  if (stack_.empty()) {
    root_ = std::move(node);
  } else if (Frame& frame = stack_.back(); frame.node.kind == Node::Kind::list) {
    frame.node.list.push_back(std::move(node));
  } else {
    const Node::Entry& entry = frame.node.map.back();
    // yaml-cpp accepts this.
    if (node.kind == Node::Kind::scalar && !open_bracket() && node.where.line > entry.where.line &&
        node.where.column <= entry.where.column)
      stop(offset_, offset_ + 1, "a value that is not indented",
           fmt::format("indent it deeper than '{}:'", base::shortened(entry.key)));
    if (frame.is_twice) frame.node.map.pop_back();  // reported; the first one counts
    else frame.node.map.back().value = std::move(node);
    frame.has_key = false;
  }
}

void NodeBuilder::spend(const NodeSize& size, std::size_t begin) {
  spent_.nodes += size.nodes;
  spent_.bytes += size.bytes;
  if (spent_.nodes > max_nodes)
    stop(begin, begin + 1,
         fmt::format("more than {} values, including those that aliases repeat",
                     grouped(max_nodes)));
  if (spent_.bytes > max_text)
    stop(begin, begin + 1,
         fmt::format("aliases repeat more than {} bytes of text", grouped(max_text)));
  if (stack_.size() + size.depth > max_depth)
    stop(begin, begin + 1, fmt::format("nested deeper than {} levels", max_depth));
}

void NodeBuilder::stop(const Complaint& complaint) {
  stop(complaint.begin, complaint.end, complaint.message, complaint.hint);
}

void NodeBuilder::stop(std::size_t begin, std::size_t end, std::string message, std::string hint) {
  diagnostics_.error(places_.at(begin, end), {}, std::move(message), std::move(hint));
  throw Stop{};
}

}  // namespace assay::config
