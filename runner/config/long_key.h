// Keys that yaml-cpp does not see as such, since their ':' comes too late.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace assay::config {

/// From the start of a key to its ':'. YAML 1.2.2 (7.4.2) has characters in the place of bytes.
inline constexpr std::size_t max_key_bytes = 1024;

/// The end of the key that starts at text[begin], if it is longer than that. Within brackets or
/// braces `in_flow` a key without quotes ends at their marks as well.
std::optional<std::size_t> long_key_end(std::string_view text, std::size_t begin, bool in_flow);

std::string long_key_message();

}  // namespace assay::config
