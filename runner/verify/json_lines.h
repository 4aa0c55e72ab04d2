// Checks files of lines: JSON Lines (https://jsonlines.org), and plain text.
#pragma once

#include "runner/base/regular_file.h"
#include "runner/verify/whole_part.h"

namespace assay::verify {

/// Reads the whole file, a line at a time: each is a JSON value and ends in a newline. A line has
/// 64 MiB at most. Throws assay::Error if the file cannot be read.
WholePart check_json_lines(const base::RegularFile& file);

/// Does the same for a text. None of its lines has null characters, which a power cut leaves.
WholePart check_text_lines(const base::RegularFile& file);

}  // namespace assay::verify
