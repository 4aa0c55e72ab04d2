#include "runner/run/used_libraries.h"

#include <utility>
#include <variant>

namespace assay::run {
namespace {

// Collects the files of the libraries that components come from.
class Libraries {
 public:
  explicit Libraries(const plugin_host::PluginHost& host) : host_(host) {}

  void add(const plan::ComponentPlan& component) {
    if (const auto* library = host_.library_of(component.kind, component.type))
      files.insert(library->file.string());
    add(component.values);
  }

  std::set<std::string> files;

 private:
  void add(const plan::Values& values) {
    for (const auto& [name, value] : values.entries()) add(value);
  }
  void add(const plan::Value& value) {
    if (const auto* component = std::get_if<plan::ComponentPlan>(&value.data)) add(*component);
    if (const auto* group = std::get_if<plan::Values>(&value.data)) add(*group);
    if (const auto* list = std::get_if<plan::List>(&value.data))
      for (const plan::Value& element : *list) add(element);
  }

  const plugin_host::PluginHost& host_;
};

}  // namespace

UsedLibraries libraries_of(const plan::Plan& plan, const plugin_host::PluginHost& host) {
  Libraries computing(host), logging(host);
  for (const auto* component : {&plan.dataset, &plan.model, &plan.loss, &plan.optimizer})
    computing.add(*component);
  for (const auto* section : {&plan.transforms, &plan.gradient_transforms, &plan.metrics})
    for (const plan::NamedComponent& each : *section) computing.add(each.component);
  for (const plan::HookPlan& hook : plan.hooks) computing.add(hook.component);
  for (const plan::NamedComponent& logger : plan.loggers) logging.add(logger.component);
  return {std::move(computing.files), std::move(logging.files)};
}

}  // namespace assay::run
