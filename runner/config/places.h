// Converts byte offsets in a source to lines and columns.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "runner/config/source.h"

namespace assay::config {

/// For ascending offsets, as a parser produces them, all calls together take one pass over the
/// text.
class Places {
 public:
  explicit Places(std::shared_ptr<const Source> source);

  /// Returns the place of text[begin, end), cut off at the end of its line. An offset beyond the
  /// text means its end.
  Location at(std::size_t begin, std::size_t end);
  Location at(std::size_t begin) { return at(begin, begin + 1); }
  /// Returns the first place of `text` within a place; `within` itself if it does not contain the
  /// text.
  Location find(const Location& within, std::string_view text);
  /// Returns the last place of `text` within a place.
  Location find_last(const Location& within, std::string_view text);
  /// Returns a line without its line break; empty for a line that does not exist. Lines count from
  /// 1.
  std::string_view line(std::int64_t number) const;

 private:
  struct Extent {
    std::size_t begin, end;  // offsets in the text
  };
  Extent extent_of(const Location& where);

  std::shared_ptr<const Source> source_;
  std::vector<std::size_t> starts_;  // of the lines
  std::size_t known_offset_ = 0;     // a place whose column is known: where the last answer was
  std::size_t known_line_ = 0;
  std::size_t known_column_ = 0;
};

}  // namespace assay::config
