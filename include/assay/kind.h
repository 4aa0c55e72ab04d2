// The kinds of component that a plugin can offer. Configs and messages use the same names. A new
// kind goes to the end: plugins that were built before it hold the numbers of the others.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "assay/version.h"

namespace assay {

enum class Kind : std::uint32_t {
  dataset,
  transform,
  model,
  loss,
  gradient_transform,
  optimizer,
  schedule,
  metric,
  hook,
  renderer,
  logger,
  launcher,  // since SDK 1.1
};

inline constexpr std::array<std::string_view, 12> kind_names = {
    "dataset",   "transform", "model",  "loss", "gradient_transform",
    "optimizer", "schedule",  "metric", "hook", "renderer",
    "logger",    "launcher"};

constexpr std::string_view name_of(Kind kind) { return kind_names[static_cast<std::size_t>(kind)]; }

constexpr std::optional<Kind> kind_from_name(std::string_view name) {
  for (std::size_t i = 0; i < kind_names.size(); ++i)
    if (kind_names[i] == name) return static_cast<Kind>(i);
  return std::nullopt;
}

}  // namespace assay
