#include "runner/plan/value_name.h"

namespace assay::plan {

std::optional<ValueName> value_name(std::string_view text) {
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos || dot == 0 || dot + 1 == text.size()) return std::nullopt;
  ValueName value{ValueSource::split, text.substr(0, dot), text.substr(dot + 1)};
  if (value.owner == "batch") value.source = ValueSource::batch;
  if (value.owner == "epoch") value.source = ValueSource::epoch;
  if (value.owner == "optimizer") value.source = ValueSource::optimizer;
  return value;
}

}  // namespace assay::plan
