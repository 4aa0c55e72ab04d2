// Lines that should be 'key: value' and have no ':', or none with a space behind it.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "runner/config/complaint.h"
#include "runner/config/line.h"

namespace assay::config {

/// About text[begin, end), which starts with a key: `seed 1`, `steps=3`, `optimizer:{type: sgd}`.
Complaint complaint_of_key(std::string_view text, std::size_t begin, std::size_t end);

/// The same of a line that starts outside of brackets, where its first ':' is within a bracket that
/// its key should be in front of: `train {steps: 3}`. Nothing when it is not so.
std::optional<Complaint> complaint_of_bracket_in_key(std::string_view text, const Line& line);

/// A line without ':' that stands where a key must. `before` is the line before it, empty when
/// there is none.
bool is_key_without_colon(const Line& line, const Line& before);

/// The first such line of those before the last of `lines` (Layout::lines): the parser takes them
/// for one text, which the ':' of the last line ends.
std::optional<Complaint> complaint_of_key_before(std::string_view text,
                                                 std::span<const Line> lines);

}  // namespace assay::config
