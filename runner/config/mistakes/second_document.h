// Explains a config that seems to end before its text does.
#pragma once

#include <cstddef>
#include <string_view>

#include "runner/config/mistakes/complaint.h"

namespace assay::config {

/// Complains about text[at], where the parser sees the start of a second document. The first one
/// starts at text[first].
Complaint complaint_of_second_document(std::string_view text, std::size_t first, std::size_t at);

}  // namespace assay::config
