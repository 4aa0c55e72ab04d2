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
  /// Where its key starts, if it has one: behind "- ", "? " and an anchor.
  std::size_t key_column() const;
  /// From its key to its comment.
  std::string_view entry() const;
  /// The ':' behind its key; npos when there is none.
  std::size_t colon_column() const;
};

/// The one that holds text[at].
Line line_at(std::string_view text, std::size_t at);

}  // namespace assay::config
