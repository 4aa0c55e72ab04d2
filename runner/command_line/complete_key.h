// Completes `key=value` for a config on a command line.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "runner/command_line/common.h"

namespace assay::command_line {

using Candidate = std::pair<std::string, std::string>;  ///< and its description

/// Returns completions: `opt` -> `optimizer.`, `optimizer.mom` -> `optimizer.momentum=`, `loss=` ->
/// `loss=NAME` for every loss. `overrides` are the previous arguments, which are applied first. If
/// the config cannot be read, the keys are those of every config. After `~` the candidates are only
/// keys that the config sets and existing elements of lists; after a single `+`, only keys that it
/// lacks.
std::vector<Candidate> complete_key(const Common& common, const std::string& config,
                                    std::span<const std::string> overrides,
                                    const std::string& word);

}  // namespace assay::command_line
