// Walks over the texts in values, however deep.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "runner/plan/values.h"

namespace assay::plan {

struct TextOption {
  const std::string& key;   ///< full: "hooks.loss.tag"
  std::string_view option;  ///< "tag"
  const std::string& text;
  const config::Location& where;
};

/// Texts, choices and paths alike.
void each_text(const Values& values, const std::string& key,
               const std::function<void(const TextOption&)>& visit);

}  // namespace assay::plan
