#include "runner/run/scalars.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "runner/experiment/splits.h"
#include "runner/plan/better.h"
#include "runner/plan/tag.h"
#include "runner/plan/value_name.h"

namespace assay::run {
namespace {

// Returns the part of the key of an option that its neighbours have, too: "curves.0." of
// "curves.0.tag".
std::string_view place_of(const plan::OptionText& option) {
  return std::string_view(option.option).substr(0, option.option.rfind('.') + 1);
}

// Returns the only one of the options in a place; null if there are none or several.
const plan::OptionText* only_one(const std::vector<plan::OptionText>& options,
                                 std::string_view place) {
  const auto is_there = [place](const auto& option) { return place_of(option) == place; };
  const auto found = std::ranges::find_if(options, is_there);
  if (found == options.end() || std::ranges::count_if(options, is_there) > 1) return nullptr;
  return &*found;
}

// Returns the name of the value, with the split that the data have for "eval".
std::string meant(const std::string& value, const std::vector<std::string>& splits) {
  const auto name = plan::ValueName::parse(value);
  if (!name) return value;
  return experiment::meant_split(std::string(name->owner()), splits)
      .append(".")
      .append(name->name());
}

}  // namespace

ShownValues::ShownValues(const plan::Content& plan, const std::vector<std::string>& splits) {
  for (const plan::HookPlan& hook : plan.hooks)
    for (const plan::OptionText& option : hook.tags) {
      const plan::Tag tag(option.text);
      const std::string_view place = place_of(option);
      const plan::OptionText* const value = only_one(hook.values, place);
      if (tag.varies() || value == nullptr || only_one(hook.tags, place) == nullptr) continue;
      shown_[tag.at(0, 0)] = {meant(value->text, splits), plan::better(plan, value->text), {}};
    }
}

Scalars ShownValues::scalars(const std::map<std::string, logging::Extremes>& extremes) const {
  Scalars scalars;
  for (const auto& [tag, of_tag] : extremes) {
    const auto shown = shown_.find(tag);
    Scalar& scalar = scalars[tag];
    if (shown != shown_.end()) scalar = shown->second;
    scalar.extremes = of_tag;
  }
  return scalars;
}

}  // namespace assay::run
