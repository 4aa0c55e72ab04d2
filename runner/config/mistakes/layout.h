// Divides a text into lines of keys and elements, and parts within brackets, quotes or block
// scalars. It is meant for texts that the parser rejected, so it accepts any text.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "runner/config/line.h"

namespace assay::config {

struct Layout {
  /// The lines that start outside of brackets, quotes and block scalars, without blank ones.
  std::vector<Line> lines;
  /// The positions of the brackets and braces that are still open at the end; the innermost comes
  /// last.
  std::vector<std::size_t> open;
};

/// Returns the lines up to the one that contains text[end], and the brackets open before text[end].
Layout layout_of(std::string_view text, std::size_t end);

}  // namespace assay::config
