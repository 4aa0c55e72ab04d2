// Lines that should be 'key: value' but have no ':', or no space after it.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "runner/config/line.h"
#include "runner/config/mistakes/complaint.h"

namespace assay::config {

/// Complains about text[begin, end), which starts with a key: `seed 1`, `steps=3`,
/// `optimizer:{type: sgd}`.
Complaint complaint_of_key(std::string_view text, std::size_t begin, std::size_t end);

/// Complains about a line that starts outside of brackets and whose first ':' is within a bracket
/// that lacks a key in front: `train {steps: 3}`. Returns nothing for other lines.
std::optional<Complaint> complaint_of_bracket_in_key(std::string_view text, const Line& line);

/// Returns true for a line without ':' in a place that needs a key. `before` is the line before it,
/// empty if there is none.
bool is_key_without_colon(const Line& line, const Line& before);

/// Complains about the first such line before the last of `lines` (Layout::lines). The parser reads
/// them as one text that ends at the ':' of the last line.
std::optional<Complaint> complaint_of_key_before(std::string_view text,
                                                 std::span<const Line> lines);

}  // namespace assay::config
