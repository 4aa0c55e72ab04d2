// The facts about a run that loggers get when they are opened (LoggerContext).
#pragma once

#include <span>
#include <string_view>

#include "assay/logger.h"
#include "runner/logging/storage.h"

namespace assay::logging {

struct RunFacts {
  std::span<const PlanEntry> plan;
  std::string_view plan_yaml;
  Graph graph;
  std::span<const DeclaredTag> tags;
  std::span<const SplitSize> splits;
  std::span<const std::string_view> class_names;

  Storage storage;  ///< holds what the views refer to
};

}  // namespace assay::logging
