// One line of a text.
#pragma once

#include <cstddef>
#include <string_view>

namespace assay::config {

/// A line without its line break.
struct Line {
  std::size_t begin = 0;  ///< in the text
  std::string_view text;

  std::size_t indentation() const;
  /// Returns true if the line is empty or only a comment.
  bool is_blank() const;
  std::string_view words() const { return text.substr(indentation()); }
  /// Returns the column where its key starts, if it has one: after "- ", "? " and an anchor.
  std::size_t key_column() const;
  /// Returns the part from its key to its comment.
  std::string_view entry() const;
  /// Returns the column of the ':' after its key; npos if there is none.
  std::size_t colon_column() const;
};

/// Returns the line that contains text[at].
Line line_at(std::string_view text, std::size_t at);

}  // namespace assay::config
