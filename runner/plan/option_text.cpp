#include "runner/plan/option_text.h"

#include <algorithm>
#include <span>
#include <stdexcept>
#include <string>

#include "runner/base/wording.h"

namespace assay::plan {
namespace {

class Finder {
 public:
  Finder(ParameterType type, Catalogue& catalogue) : type_(type), catalogue_(catalogue) {}

  std::vector<OptionText> found;

  void look(const ComponentPlan& component, const std::string& key) {
    look(component.values, table_of(component), key);
  }

 private:
  void look(const Values& values, std::span<const Parameter> table, const std::string& key) {
    for (const Parameter& parameter : table)
      if (const Value* value = values.find(parameter.name))
        look(*value, parameter, base::joined(key, parameter.name));
  }

  void look(const Value& value, const Parameter& parameter, const std::string& key) {
    if (const auto* text = std::get_if<std::string>(&value.data)) {
      if (parameter.type == type_) found.push_back({key, *text, value.where});
    } else if (const auto* list = std::get_if<List>(&value.data)) {
      for (std::size_t i = 0; i < list->size(); ++i)
        look((*list)[i], parameter, base::joined(key, std::to_string(i)));
    } else if (const auto* group = std::get_if<Values>(&value.data)) {
      look(*group, parameter.group(), key);
    } else if (const auto* component = std::get_if<ComponentPlan>(&value.data)) {
      look(*component, key);
    }
  }

  std::span<const Parameter> table_of(const ComponentPlan& component) const {
    if (std::ranges::count(catalogue_.names(component.kind), component.type) == 0) return {};
    try {
      return catalogue_.parameters(component.kind, component.type);
    } catch (const std::runtime_error&) {
      return {};
    }
  }

  ParameterType type_;
  Catalogue& catalogue_;
};

}  // namespace

std::vector<OptionText> texts_of(const ComponentPlan& component, ParameterType type,
                                 Catalogue& catalogue) {
  Finder finder(type, catalogue);
  finder.look(component, {});
  return std::move(finder.found);
}

}  // namespace assay::plan
