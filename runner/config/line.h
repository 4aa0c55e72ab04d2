// One line of a text.
#pragma once

#include <cstddef>
#include <string_view>

namespace assay::config {

/// Without its line break.
struct Line {
  std::size_t begin = 0;  ///< in the text
  std::string_view text;

  std::size_t indentation() const;
  /// Empty, or only a comment.
  bool is_blank() const;
  std::string_view words() const { return text.substr(indentation()); }
};

/// The one that holds text[at].
Line line_at(std::string_view text, std::size_t at);

/// The last one before that is not blank; an empty one when there is none.
Line line_before(std::string_view text, Line line);

}  // namespace assay::config
