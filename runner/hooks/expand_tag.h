// Expands tags: ${step} and ${epoch}, and \${ for a literal `${`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace assay::hooks {

std::string expand_tag(std::string_view tag, std::int64_t step, std::int64_t epoch);

}  // namespace assay::hooks
