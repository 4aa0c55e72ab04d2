// Gives a component access to its values in a plan.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "assay/detail/option_source.h"
#include "assay/parameter.h"
#include "runner/plan/values.h"

namespace assay::plugin_host {

class PluginHost;
struct Object;

class PlannedOptions final : public assay::detail::OptionSource {
 public:
  /// Borrows all references. `host` creates the components that options name, on request; `owner`,
  /// the component that the options are for, keeps them, and texts. If a component cannot be
  /// created, OptionError blames the option, or the nested component's own option
  /// ("learning_rate.init_value").
  PlannedOptions(const plan::ComponentPlan& component, std::span<const Parameter> table,
                 PluginHost& host, Object& owner)
      : PlannedOptions(component.values, table, host, owner, {}) {}

  bool has(std::string_view name) const override;
  std::size_t size(std::string_view name) const override;
  bool boolean(assay::detail::OptionKey key) const override;
  std::int64_t integer(assay::detail::OptionKey key) const override;
  double number(assay::detail::OptionKey key) const override;
  std::string_view text(assay::detail::OptionKey key) const override;
  const Schedule* schedule(assay::detail::OptionKey key) const override;
  void* component(assay::detail::OptionKey key, Kind kind) const override;
  const OptionSource& group(assay::detail::OptionKey key) const override;
  const double* rate_factor() const override;
  const Host& host() const override;

 private:
  PlannedOptions(const plan::Values& values, std::span<const Parameter> table, PluginHost& host,
                 Object& owner, std::string prefix)
      : values_(values), table_(table), host_(host), owner_(owner), prefix_(std::move(prefix)) {}

  const plan::Value& at(std::string_view name) const;
  const plan::Value& at(assay::detail::OptionKey key) const;
  const Parameter& parameter(std::string_view name) const;
  /// Returns a text that lives as long as the owner.
  std::string_view kept(std::string text) const;

  const plan::Values& values_;
  std::span<const Parameter> table_;
  PluginHost& host_;
  Object& owner_;
  std::string prefix_;  // the prefix of a group: "init."
  mutable std::vector<std::unique_ptr<PlannedOptions>> groups_;
};

}  // namespace assay::plugin_host
