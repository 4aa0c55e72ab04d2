// Gives a component access to its values in a plan.
#pragma once

#include <deque>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "assay/options.h"
#include "assay/parameter.h"
#include "runner/plan/values.h"

namespace assay::plugin_host {

class PluginHost;
struct Object;

class PlannedOptions final : public Options {
 public:
  /// Borrows all references. `host` creates the components that options name (schedules, renderers)
  /// on request; `nested` keeps them. If that fails, OptionError blames the option, or the nested
  /// component's own option ("learning_rate.init_value").
  PlannedOptions(const plan::ComponentPlan& component, std::span<const Parameter> table,
                 PluginHost& host, std::vector<std::shared_ptr<Object>>& nested)
      : PlannedOptions(component.kind, component.values, table, host, nested, {}) {}

  bool has(std::string_view name) const override;
  bool boolean(std::string_view name) const override;
  std::int64_t integer(std::string_view name) const override;
  double number(std::string_view name) const override;
  Rate rate(std::string_view name) const override;
  std::string_view text(std::string_view name) const override;
  std::string_view path(std::string_view name) const override;
  const Options& group(std::string_view name) const override;
  const Renderer& renderer(std::string_view name) const override;
  std::size_t size(std::string_view name) const override;
  std::int64_t integer(std::string_view name, std::size_t index) const override;
  double number(std::string_view name, std::size_t index) const override;
  std::string_view text(std::string_view name, std::size_t index) const override;
  InstructionSet instruction_set() const override;
  bool boolean(std::string_view name, std::size_t index) const override;
  Rate rate(std::string_view name, std::size_t index) const override;
  std::string_view path(std::string_view name, std::size_t index) const override;
  const Options& group(std::string_view name, std::size_t index) const override;
  const Renderer& renderer(std::string_view name, std::size_t index) const override;

 private:
  PlannedOptions(Kind kind, const plan::Values& values, std::span<const Parameter> table,
                 PluginHost& host, std::vector<std::shared_ptr<Object>>& nested, std::string prefix)
      : kind_(kind),
        values_(values),
        table_(table),
        host_(host),
        nested_(nested),
        prefix_(std::move(prefix)) {}

  const plan::Value& at(std::string_view name) const;
  const plan::Value& at(std::string_view name, std::size_t index) const;
  /// Returns a text of the plan with its secrets filled in and with `${` for `\${`.
  std::string_view spelled(const std::string& text) const;
  const Parameter& parameter(std::string_view name) const;
  // These read an option or an element of one; `key` names it: "schedules.0".
  Rate rate_of(const plan::Value& value, std::string_view name, const std::string& key) const;
  std::string_view path_of(const plan::Value& value, const std::string& key) const;
  const Options& group_of(const plan::Value& value, std::string_view name,
                          const std::string& key) const;
  Object& component_of(const plan::Value& value, const std::string& key, Kind kind) const;

  Kind kind_;  // of the component
  const plan::Values& values_;
  std::span<const Parameter> table_;
  PluginHost& host_;
  std::vector<std::shared_ptr<Object>>& nested_;
  std::string prefix_;  // the prefix of a group: "init."
  mutable std::vector<std::unique_ptr<PlannedOptions>> groups_;
  mutable std::deque<std::string> texts_;
};

}  // namespace assay::plugin_host
