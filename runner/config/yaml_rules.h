// Rules of YAML that yaml-cpp does not enforce, and one kind of text that it reads incorrectly.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "runner/config/mistakes/complaint.h"

namespace assay::config {

/// Checks the scalar at text[begin], which yaml-cpp accepted: its escapes, a comment right after
/// it, and the indentation of its lines. `parent` is the column, counted from 0, of the block map
/// or list that the scalar is in; nothing at the top.
std::optional<Complaint> complaint_of_scalar(std::string_view text, std::size_t begin,
                                             std::optional<std::size_t> parent);

/// Checks that the line of text[at] is indented deeper than `parent`. Only a line that starts with
/// text[at] is checked.
std::optional<Complaint> complaint_of_indentation(std::string_view text, std::size_t at,
                                                  std::optional<std::size_t> parent);

/// Checks that no '#' is right after a bracket or brace that closes the list or map at
/// text[begin], or one within it.
std::optional<Complaint> complaint_of_closed_brackets(std::string_view text, std::size_t begin);

/// Returns the value of a quoted scalar that holds only blanks and line breaks, which yaml-cpp
/// reads as an empty text: one line break is a blank, and each further one stays. Returns nothing
/// for any other scalar.
std::optional<std::string> folded_blanks(std::string_view text, std::size_t begin);

}  // namespace assay::config
