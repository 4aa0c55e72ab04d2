// Visits the texts in values at any depth.
#pragma once

#include <functional>
#include <string>

#include "runner/plan/values.h"

namespace assay::plan {

struct TextOption {
  const std::string& key;  ///< full: "hooks.loss.tag"
  const std::string& text;
  const config::Location& where;
};

/// Visits texts, choices and paths.
void each_text(const Values& values, const std::string& key,
               const std::function<void(const TextOption&)>& visit);

}  // namespace assay::plan
