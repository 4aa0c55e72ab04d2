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

/// The first reference that starts at text[from] or later.
std::optional<Reference> next_reference(std::string_view text, std::size_t from);

/// Fills in `${seed}`, `${optimizer.learning_rate}` (the single value of another key),
/// `${env:NAME}` and `${env:NAME,default}`. A value that is nothing but a reference takes over what
/// it refers to as it is, a number as a number; within a text it is text. `${now:...}`, `${step}`
/// and `${epoch}` stay, since only the run knows them.
void interpolate(Node& root, Diagnostics& diagnostics);

/// `${now:FORMAT}` replaced by the local time, as strftime formats it. Throws std::runtime_error
/// for a format that gives nothing, or more than 200 bytes.
std::string expand_now(std::string_view text, std::chrono::system_clock::time_point time);

}  // namespace assay::config
