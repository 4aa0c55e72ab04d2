// A config that seems to be over before its text is.
#pragma once

#include <cstddef>
#include <string_view>

#include "runner/config/complaint.h"

namespace assay::config {

/// The parser takes what starts at text[at] for another document than the first one, which starts
/// at text[first].
Complaint complaint_of_second_document(std::string_view text, std::size_t first, std::size_t at);

}  // namespace assay::config
