#include "runner/plan/text_options.h"

#include "runner/base/wording.h"

namespace assay::plan {
namespace {

using Visit = std::function<void(const TextOption&)>;

void each_text(const Value& value, const std::string& key, const Visit& visit) {
  if (const auto* text = std::get_if<std::string>(&value.data)) {
    visit({key, *text, value.where});
  } else if (const auto* list = std::get_if<List>(&value.data)) {
    for (std::size_t i = 0; i < list->size(); ++i)
      each_text((*list)[i], base::joined(key, std::to_string(i)), visit);
  } else if (const auto* group = std::get_if<Values>(&value.data)) {
    plan::each_text(*group, key, visit);
  } else if (const auto* component = std::get_if<ComponentPlan>(&value.data)) {
    plan::each_text(component->values, key, visit);
  }
}

}  // namespace

void each_text(const Values& values, const std::string& key, const Visit& visit) {
  for (const auto& [name, value] : values.entries())
    each_text(value, base::joined(key, name), visit);
}

}  // namespace assay::plan
