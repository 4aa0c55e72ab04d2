// YAML text to nodes: a strict subset of YAML 1.2. One document, keys that are text and occur once,
// no tags, no merge keys, no directive but `%YAML 1.2`, no control characters; UTF-8, with or
// without a byte order mark, lines ending in LF or CRLF. Whatever is fed in, the answer comes
// within a second and little memory.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "runner/config/diagnostics.h"
#include "runner/config/node.h"

namespace assay::config {

/// yaml-cpp holds about 230 bytes of tokens for each byte of the worst text.
inline constexpr std::size_t max_bytes = 256 * 1024;
inline constexpr std::size_t max_depth = 64;
/// Nodes, those that aliases repeat included.
inline constexpr std::size_t max_nodes = 20'000;

/// The config in a file, whose top level is a map. `path` is also the name in messages. A key that
/// is there twice is reported and counts as it is there first, and a tag is reported and passed
/// over, so that all else can be looked at.
std::optional<Node> read_file(const std::string& path, Diagnostics& diagnostics);

/// The same from memory. `name` is shown in messages; `path` (absolute, may be empty) is what
/// relative paths in the config refer to.
std::optional<Node> read_text(std::string name, std::string path, std::string text,
                              Diagnostics& diagnostics);

/// Whether a source may be looked at at all: its length, and that it holds no byte but those of
/// characters that YAML allows.
bool check_text(const std::shared_ptr<const Source>& source, Diagnostics& diagnostics);

/// One value, as a parameter table writes a default: the text of the source. What starts with
/// [, {, " or ' is YAML, null and ~ are null, and all else is a plain scalar, to the end.
std::optional<Node> read_value(const std::shared_ptr<const Source>& source,
                               Diagnostics& diagnostics);

}  // namespace assay::config
