// Turns of phrase that all messages share.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "runner/config/node.h"

namespace assay::config {

/// 'text', shortened.
std::string quoted(std::string_view text);

/// The text on one line, cut off when long.
std::string shortened(std::string_view text);

/// "a, b, c", cut off when long.
std::string listed(std::span<const std::string> words);

/// What stands there: "'abc'", "the text '5'" (quoted), "null", "a list", "a map".
std::string described(const Node& node);

/// "it holds U+2212" of a text with a character that is not ASCII, though it may look so, or not
/// be seen at all; else empty.
std::string foreign_character(std::string_view text);

/// "optimizer.type" from "optimizer" and "type"; the first may be empty.
std::string joined(const std::string& key, std::string_view name);

}  // namespace assay::config
