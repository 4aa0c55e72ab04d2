#include "runner/base/fitted.h"

#include <fmt/format.h>

#include <algorithm>

#include "runner/base/utf8.h"

namespace assay::base {
namespace {

constexpr std::string_view mark = "...";
constexpr std::size_t widest_label = 40;  // that texts are aligned behind
constexpr int widest_value = 16;          // a number, with the blanks around it

// Returns how many bytes of the text fit into this many columns.
std::size_t bytes_that_fit(std::string_view text, std::size_t columns) {
  std::size_t used = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto character = character_at(text, at).value_or(Character{'?', 1});
    used += width(character.code);
    if (used > columns) return at;
    at += character.bytes;
  }
  return text.size();
}

// A line that is taken apart from its beginning.
class Wrapping {
 public:
  enum class LongWord { broken, whole };

  // The first `prefix` bytes are a part of the first word.
  Wrapping(std::string_view line, int columns, std::size_t prefix, LongWord long_word)
      : rest_(line),
        columns_(static_cast<std::size_t>(std::max(columns, 1))),
        prefix_(prefix),
        long_word_(long_word) {}

  std::string result(std::size_t indent) {
    const std::size_t margin = std::min(indent, columns_ / 2);
    std::string text = next_line(take_blanks());
    for (take_blanks(); !rest_.empty(); take_blanks()) text += '\n' + next_line(margin);
    return text;
  }

 private:
  std::size_t take_blanks() {
    const std::size_t blanks = std::min(rest_.find_first_not_of(' '), rest_.size());
    rest_.remove_prefix(blanks);
    prefix_ -= std::min(prefix_, blanks);
    return blanks;
  }

  // Takes what fits after this many blanks, or fewer if the first word needs them.
  std::string next_line(std::size_t blanks) {
    const std::string_view word = rest_.substr(0, end_of_word());
    const std::size_t needed = width(word);
    blanks = std::min(blanks, columns_ - std::min(needed, columns_));
    const std::size_t room = columns_ - blanks;
    std::size_t end = bytes_that_fit(rest_, room);
    if (needed > room && long_word_ == LongWord::whole) end = word.size();
    // A character that is wider than the terminal stays whole.
    else if (needed > room) end = std::max(end, character_at(rest_, 0).value_or(Character{}).bytes);
    else if (end < rest_.size()) end = last_end_of_word(end);
    std::string line = std::string(blanks, ' ').append(rest_.substr(0, end));
    if (end < rest_.size()) line.erase(line.find_last_not_of(' ') + 1);
    rest_.remove_prefix(end);
    prefix_ = 0;
    return line;
  }

  bool is_end(std::size_t at) const {
    if (at >= rest_.size()) return true;
    return at >= prefix_ && rest_[at] == ' ' && !is_quoted(at);
  }
  std::size_t end_of_word() const {
    std::size_t at = 0;
    while (!is_end(at)) ++at;
    return at;
  }
  // A first word ends before it.
  std::size_t last_end_of_word(std::size_t at) const {
    while (!is_end(at)) --at;
    return at;
  }
  bool is_quoted(std::size_t at) const {
    return long_word_ == LongWord::whole && std::ranges::count(rest_.substr(0, at), '`') % 2 == 1 &&
           rest_.find('`', at) != rest_.npos;
  }

  std::string_view rest_;
  std::size_t columns_;
  std::size_t prefix_;
  LongWord long_word_;
};

}  // namespace

std::string cut(std::string_view text, std::size_t columns) {
  if (width(text) <= columns) return std::string(text);
  const std::size_t marks = std::min(mark.size(), columns / 2);
  return std::string(text.substr(0, bytes_that_fit(text, columns - marks))) +
         std::string(mark.substr(0, marks));
}

std::string wrapped(std::string_view line, Columns columns, std::size_t indent) {
  if (!columns) return std::string(line);
  return Wrapping(line, *columns, 0, Wrapping::LongWord::broken).result(indent);
}

std::string wrapped_words(std::string_view message, Columns columns, std::size_t indent,
                          std::size_t prefix) {
  if (!columns) return std::string(message);
  const std::size_t end = message.find('\n', std::min(prefix, message.size()));
  std::string first =
      Wrapping(message.substr(0, end), *columns, prefix, Wrapping::LongWord::whole).result(indent);
  if (end == message.npos) return first;
  return first + '\n' + wrapped_words(message.substr(end + 1), columns, indent);
}

std::vector<std::string> labelled(const std::vector<std::pair<std::string, std::string>>& pairs,
                                  Columns columns) {
  const int room = columns.value_or(0);
  const std::size_t most =
      columns ? static_cast<std::size_t>(std::max(std::min(room / 2, room - widest_value), 4))
              : widest_label;
  std::size_t width = 0;
  for (const auto& [label, text] : pairs)
    width = std::max(width, std::min(base::width(label), most));
  std::vector<std::string> lines;
  for (const auto& [label, text] : pairs) {
    const auto fits = [&, used = base::width(text) + 4](std::size_t label_columns) {
      return label_columns + used <= static_cast<std::size_t>(std::max(room, 0));
    };
    const bool helps = columns && !fits(base::width(label)) && fits(width);
    const std::string shown = helps ? cut(label, width) : label;
    const std::size_t used = base::width(shown);
    lines.push_back(
        fmt::format("  {}{}  {}", shown, std::string(width > used ? width - used : 0, ' '), text));
  }
  return lines;
}

}  // namespace assay::base
