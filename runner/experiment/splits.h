// The rows of a dataset, cut into named splits.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runner/data/rows.h"
#include "runner/plan/plan.h"

namespace assay::experiment {

/// Row numbers of the dataset by the name of the split; "train" is one.
using SplitRows = std::map<std::string, std::vector<std::int64_t>>;

/// The names that a plan's splits have, sorted: known without the data.
std::vector<std::string> names_of(const plan::SplitPlan& split);

/// Returns the split that a name stands for: of plan::evaluated_split the first that there is, of
/// others itself.
std::string meant_split(const std::string& name, const std::vector<std::string>& splits);

/// As the plan says, or else as the dataset has it, or else all rows are trained on. Throws
/// assay::Error.
SplitRows cut(const data::Description& data, const std::optional<plan::SplitPlan>& split);

/// Of those that share rows with the split to train on: its name, and how many.
std::vector<std::pair<std::string, std::int64_t>> trained_on(const SplitRows& splits);

}  // namespace assay::experiment
