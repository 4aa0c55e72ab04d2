// The scalar tags of a run, with what is known of them beside their last values.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "runner/logging/extremes.h"
#include "runner/plan/plan.h"

namespace assay::run {

struct Scalar {
  std::string value;                           ///< that the tag shows: "test.accuracy", if known
  std::optional<plan::BestPlan::Mode> better;  ///< its direction, if known (plan/better.h)
  logging::Extremes extremes;
};

using Scalars = std::map<std::string, Scalar>;  ///< by tag

/// The values that the tags of a plan show.
class ShownValues {
 public:
  /// A tag shows the value that stands beside it in the options of its hook. `splits` are those of
  /// the data.
  ShownValues(const plan::Content& plan, const std::vector<std::string>& splits);

  /// Returns the extremes with what is known of their tags.
  Scalars scalars(const std::map<std::string, logging::Extremes>& extremes) const;

 private:
  Scalars shown_;  ///< without extremes
};

}  // namespace assay::run
