#include "runner/config/mistakes/layout.h"

#include <algorithm>

#include "runner/config/marks.h"
#include "runner/config/scalar_extent.h"

namespace assay::config {
namespace {

constexpr auto none = std::string_view::npos;

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Layout read() {
    while (at_ < text_.size()) {
      const Line line = line_at(text_, at_);
      at_ += line.indentation();
      if (line.is_blank()) {
        at_ = line.begin + line.text.size();
      } else {
        layout_.lines.push_back(line);
        read_line(line);
      }
      ++at_;  // the line break
    }
    return std::move(layout_);
  }

 private:
  bool starts_comment() const {
    return text_[at_] == '#' && (at_ == 0 || is_one_of(text_[at_ - 1], " \t\n"));
  }
  void skip_line() { at_ = std::min(text_.find('\n', at_), text_.size()); }
  void skip_quotes() {
    const std::size_t close = closing_quote(text_, at_);
    at_ = close == none ? text_.size() : close + 1;
  }

  // Reads to the end of the line, or to the end of the line on which its value ends.
  void read_line(const Line& line) {
    bool at_value = true;
    while (at_ < text_.size() && text_[at_] != '\n') {
      const char c = text_[at_];
      const std::string_view rest = text_.substr(at_);
      if (is_one_of(c, " \t")) ++at_;
      else if (starts_comment()) skip_line();
      else if (!at_value) at_value = skip_to_value();
      else if (rest.starts_with("- ") || rest.starts_with("? ")) ++at_;
      else if (is_one_of(c, "&!")) at_ = std::min(text_.find_first_of(" \n", at_), text_.size());
      else if (is_one_of(c, "|>")) return skip_block(line.indentation());
      else {
        at_value = false;
        if (is_one_of(c, "\"'")) skip_quotes();
        else if (is_one_of(c, "[{")) skip_brackets();
      }
    }
  }

  // Skips to the position after the ':' of a key, or to the end of the line.
  bool skip_to_value() {
    for (; at_ < text_.size() && text_[at_] != '\n'; ++at_) {
      if (starts_comment()) return false;
      if (text_[at_] != ':') continue;
      if (at_ + 1 < text_.size() && !is_one_of(text_[at_ + 1], " \t\n")) continue;
      ++at_;
      return true;
    }
    return false;
  }

  void skip_block(std::size_t indentation) {
    for (skip_line(); at_ < text_.size(); at_ += 1 + line_at(text_, at_ + 1).text.size()) {
      const Line next = line_at(text_, at_ + 1);
      if (next.words().empty() || next.indentation() > indentation) continue;
      return;
    }
  }

  void skip_brackets() {
    bool at_start = true;  // of a value or key
    do {
      const char c = text_[at_];
      if (starts_comment()) {
        skip_line();
      } else if (at_start && is_one_of(c, "\"'")) {
        skip_quotes();
        at_start = false;
      } else {
        if (is_one_of(c, "[{")) layout_.open.push_back(at_);
        if (is_one_of(c, "]}")) layout_.open.pop_back();
        if (!is_one_of(c, " \t\n")) at_start = is_one_of(c, "[{,:");
        ++at_;
      }
    } while (at_ < text_.size() && !layout_.open.empty());
  }

  std::string_view text_;
  std::size_t at_ = 0;
  Layout layout_;
};

}  // namespace

Layout layout_of(std::string_view text, std::size_t end) {
  Layout result = Reader(text.substr(0, end)).read();
  // The reader stops at `end`, so restore the full lines.
  for (Line& line : result.lines) line = line_at(text, line.begin);
  if (result.lines.empty() || line_at(text, end).begin != result.lines.back().begin) {
    const Line last = line_at(text, end);
    if (result.open.empty() && !last.is_blank()) result.lines.push_back(last);
  }
  return result;
}

}  // namespace assay::config
