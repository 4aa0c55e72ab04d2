// The rows of a dataset, divided into named splits.
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

/// Row numbers of the dataset by the name of the split; "train" is one of them.
using SplitRows = std::map<std::string, std::vector<std::int64_t>>;

/// Returns the names of a plan's splits, sorted. They are known without the data.
std::vector<std::string> names_of(const plan::SplitPlan& split);

/// Returns the split that a name means: for plan::evaluated_split the first that exists, for other
/// names the name itself.
std::string meant_split(const std::string& name, const std::vector<std::string>& splits);

/// Divides the rows as the plan says, or else as the dataset does, or else puts all rows in the
/// training split. Throws assay::Error.
SplitRows cut(const data::Description& data, const std::optional<plan::SplitPlan>& split);

/// Returns the name of each split that shares rows with the training split, and the number of
/// shared rows.
std::vector<std::pair<std::string, std::int64_t>> trained_on(const SplitRows& splits);

}  // namespace assay::experiment
