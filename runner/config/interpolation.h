// ${...} in the texts of a config.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "runner/config/diagnostics.h"
#include "runner/config/node.h"

namespace assay::config {

/// `${name}` at text[begin, end).
struct Reference {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string_view name;
  bool closed = true;  ///< false: no '}' follows
};

/// The first reference that starts at text[from] or later. `\${` starts none.
std::optional<Reference> next_reference(std::string_view text, std::size_t from);

/// The text with `${` for `\${`: what a text says once all its references are filled in.
std::string literal(std::string_view text);

/// Fills in `${seed}`, `${optimizer.learning_rate}` (another key, by its full name) and
/// `${env:NAME}`, `${env:NAME,default}`. A value that is nothing but a reference takes over what it
/// refers to as it is: a number, a list, a map; it keeps its own place, but what is in a list or
/// map has the place where it was written, and so have paths. Within a text only single values can
/// be referred to. `${now:...}`, `${step}` and `${epoch}` stay, since only the run knows them, and
/// so does `\${`. Nothing is calculated, and no reference stands within another.
void interpolate(Node& root, Diagnostics& diagnostics);

/// `${now:FORMAT}` replaced by the local time, as strftime formats it, and `\${` by `${`. Throws
/// std::runtime_error for a format that gives nothing, or more than 200 bytes.
std::string expand_now(std::string_view text, std::chrono::system_clock::time_point time);

}  // namespace assay::config
