// What `key=value` may become, of a config that a command line names.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "runner/command_line/common.h"

namespace assay::command_line {

using Candidate = std::pair<std::string, std::string>;  ///< and what it is

/// `opt` -> `optimizer.`, `optimizer.mom` -> `optimizer.momentum=`, `loss=` -> `loss=NAME` for
/// every loss. `overrides` are the arguments before, which count. Where the config cannot be read,
/// the keys that every config has. Behind `~` only keys that the config sets, and elements that
/// lists have; behind a single `+` only what it does not have.
std::vector<Candidate> complete_key(const Common& common, const std::string& config,
                                    std::span<const std::string> overrides,
                                    const std::string& word);

}  // namespace assay::command_line
