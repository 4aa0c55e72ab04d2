// Keys that yaml-cpp does not recognise because their ':' comes too late.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace assay::config {

/// The limit from the start of a key to its ':'. YAML 1.2.2 (7.4.2) counts characters, not bytes.
inline constexpr std::size_t max_key_bytes = 1024;

/// Returns the end of the key that starts at text[begin] if it is longer than the limit. `in_flow`
/// means within brackets or braces, where their marks also end an unquoted key.
std::optional<std::size_t> long_key_end(std::string_view text, std::size_t begin, bool in_flow);

std::string long_key_message();

}  // namespace assay::config
