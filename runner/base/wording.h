// Phrases that all messages share.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace assay::base {

/// Returns 'text', shortened.
std::string quoted(std::string_view text);

/// Returns the text on one line, truncated if it is long.
std::string shortened(std::string_view text);

/// Returns "a, b, c", truncated if it is long.
std::string listed(std::span<const std::string> words);

/// Returns "it holds U+2212" for a text with a character that looks like ASCII but is not, or that
/// is invisible; empty otherwise.
std::string foreign_character(std::string_view text);

/// Returns "optimizer.type" for "optimizer" and "type". The first may be empty.
std::string joined(const std::string& key, std::string_view name);

}  // namespace assay::base
