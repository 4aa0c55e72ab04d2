// Which parts of a text are lines of keys and elements, and which are within brackets, quotes or a
// block of lines. Made for texts that a parser gave up on, so it takes whatever it is given.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "runner/config/line.h"

namespace assay::config {

struct Layout {
  /// Those that start outside of brackets, quotes and blocks of lines, without the blank ones.
  std::vector<Line> lines;
  /// Where the brackets and braces are that are open at the end; the innermost is the last.
  std::vector<std::size_t> open;
};

/// Of the lines up to the one that holds text[end], and of its brackets before text[end].
Layout layout_of(std::string_view text, std::size_t end);

}  // namespace assay::config
