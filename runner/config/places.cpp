#include "runner/config/places.h"

#include <algorithm>

#include "runner/base/utf8.h"

namespace assay::config {

Places::Places(std::shared_ptr<const Source> source) : source_(std::move(source)), starts_{0} {
  const std::string& text = source_->text;
  for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1))
    starts_.push_back(at + 1);
}

Location Places::at(std::size_t begin, std::size_t end) {
  const std::string_view text = source_->text;
  begin = std::min(begin, text.size());
  const auto after = std::upper_bound(starts_.begin(), starts_.end(), begin);
  const auto line = static_cast<std::size_t>(after - starts_.begin()) - 1;
  if (line != known_line_ || begin < known_offset_) {
    known_offset_ = starts_[line];
    known_column_ = 0;
    known_line_ = line;
  }
  known_column_ += base::characters(text.substr(known_offset_, begin - known_offset_));
  known_offset_ = begin;

  const std::size_t line_end = std::min(text.find('\n', begin), text.size());
  end = std::clamp(end, begin, line_end);
  const std::size_t length =
      std::max<std::size_t>(base::characters(text.substr(begin, end - begin)), 1);
  return {source_, static_cast<std::int64_t>(line + 1),
          static_cast<std::int64_t>(known_column_ + 1), static_cast<std::int64_t>(length)};
}

Places::Extent Places::extent_of(const Location& where) {
  const std::string_view text = source_->text;
  const auto line = static_cast<std::size_t>(where.line) - 1;
  const auto column = static_cast<std::size_t>(where.column) - 1;
  if (line != known_line_ || column < known_column_) {
    known_offset_ = starts_[line];
    known_line_ = line;
    known_column_ = 0;
  }
  const std::size_t line_end = std::min(text.find('\n', known_offset_), text.size());
  const auto pass = [&](std::size_t at, std::size_t count) {
    for (; count > 0 && at < line_end; --count)
      at += base::character_at(text, at).value_or(base::Character{}).bytes;
    return std::min(at, line_end);
  };
  const std::size_t begin = pass(known_offset_, column - known_column_);
  known_offset_ = begin;
  known_column_ = column;
  return {begin, pass(begin, static_cast<std::size_t>(where.length))};
}

Location Places::find(const Location& within, std::string_view text) {
  if (text.empty() || line(within.line).empty()) return within;
  const Extent extent = extent_of(within);
  const std::string_view whole = source_->text;
  const std::size_t found = whole.substr(0, extent.end).find(text, extent.begin);
  return found == whole.npos ? within : at(found, found + text.size());
}

Location Places::find_last(const Location& within, std::string_view text) {
  if (text.empty() || line(within.line).empty()) return within;
  const Extent extent = extent_of(within);
  const std::string_view whole = source_->text;
  const std::size_t found = whole.substr(0, extent.end).rfind(text);
  return found == whole.npos || found < extent.begin ? within : at(found, found + text.size());
}

std::string_view Places::line(std::int64_t number) const {
  if (number < 1 || static_cast<std::size_t>(number) > starts_.size()) return {};
  const std::string_view text = source_->text;
  const std::size_t begin = starts_[static_cast<std::size_t>(number - 1)];
  return text.substr(begin, std::min(text.find('\n', begin), text.size()) - begin);
}

}  // namespace assay::config
