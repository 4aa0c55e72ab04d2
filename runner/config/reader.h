// Reads YAML text into nodes. It accepts a strict subset of YAML 1.2: one document; keys that are
// text and occur once; no tags, merge keys, directives (except `%YAML 1.2`) or control characters;
// UTF-8, with or without a byte order mark; lines that end in LF or CRLF. For any input it finishes
// within a second and uses little memory.
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
/// The maximum number of nodes, including those that aliases repeat.
inline constexpr std::size_t max_nodes = 20'000;

/// Reads the config in a file, whose top level is a map. `path` is also the name in messages. A
/// duplicate key is reported, and its first occurrence counts. A tag is reported and ignored, so
/// that the rest can be checked.
std::optional<Node> read_file(const std::string& path, Diagnostics& diagnostics);

/// Reads a config from memory. `name` is shown in messages; `path` (absolute, may be empty) is the
/// base of relative paths in the config.
std::optional<Node> read_text(std::string name, std::string path, std::string text,
                              Diagnostics& diagnostics);

/// Returns true if a source can be parsed at all: it is not too long, and all its bytes belong to
/// characters that YAML allows.
bool check_text(const std::shared_ptr<const Source>& source, Diagnostics& diagnostics);

/// Reads one value as a parameter table writes a default: the whole text of the source. A text that
/// starts with [, {, " or ' is YAML; null and ~ are null; everything else is a plain scalar.
std::optional<Node> read_value(const std::shared_ptr<const Source>& source,
                               Diagnostics& diagnostics);

}  // namespace assay::config
