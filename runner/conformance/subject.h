// The component under test. It is created anew as often as needed.
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include "runner/picture/load_painter.h"
#include "runner/plan/values.h"
#include "runner/plugin_host/plugin_host.h"
#include "runner/plugin_host/schedules.h"
#include "runner/state/component_state.h"

namespace assay::conformance {

class Subject {
 public:
  /// The number of updates in the run that components are created for.
  static constexpr std::int64_t usual_steps = 1000;

  /// Borrows `host`, which must know the component and those nested in it. `private_libraries` are
  /// the folders of the program's own libraries (plugin_host::program_places).
  Subject(plugin_host::PluginHost& host, plan::ComponentPlan plan,
          std::vector<std::filesystem::path> private_libraries)
      : host_(&host), plan_(std::move(plan)), private_libraries_(std::move(private_libraries)) {}

  template <class Interface>
  plugin_host::Handle<Interface> make() const {
    return make<Interface>(usual_steps);
  }
  /// Creates the component for a run of this many updates.
  template <class Interface>
  plugin_host::Handle<Interface> make(std::int64_t total_steps) const {
    auto made = host_->create<Interface>(plan_);
    plugin_host::begin_schedules(made.object(), total_steps);
    return made;
  }
  /// Lets a component that this subject created declare its state, which lives as long as the
  /// subject. Every suite does so when the component knows its sizes, but those of optimizers and
  /// gradient transforms keep it themselves.
  template <class Interface>
  state::ComponentState& declare_state(const plugin_host::Handle<Interface>& component) const {
    state::ComponentState& state = states_->emplace_back();
    state.declare(component.object(), "state");
    return state;
  }
  const plan::ComponentPlan& plan() const { return plan_; }
  /// Throws Error if that fails.
  std::unique_ptr<picture::Painter> painter() const {
    return picture::load_painter(private_libraries_);
  }

 private:
  plugin_host::PluginHost* host_;
  plan::ComponentPlan plan_;
  std::vector<std::filesystem::path> private_libraries_;
  std::shared_ptr<std::deque<state::ComponentState>> states_ =
      std::make_shared<std::deque<state::ComponentState>>();
};

}  // namespace assay::conformance
