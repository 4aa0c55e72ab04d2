// Makes the components that a draft names, and counts the memory that the experiment takes.
#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>

#include "runner/config/diagnostics.h"
#include "runner/experiment/blame.h"
#include "runner/experiment/experiment.h"
#include "runner/experiment/machine_memory.h"
#include "runner/experiment/shared_parts.h"
#include "runner/hooks/hooks.h"
#include "runner/plan/draft.h"
#include "runner/plan/identity.h"
#include "runner/plugin_host/plugin_host.h"
#include "runner/plugin_host/schedules.h"

namespace assay::experiment {

/// Returns true if experiments may share a component: neither it nor one within it declares state.
bool is_stateless(const plugin_host::Object& component);

/// Returns true if experiments may share a part, as far as its components are concerned. A part
/// that has some says so in a function of its own.
template <class Part>
bool may_share(const Part& /*plain*/) {
  return true;
}
template <class Interface>
bool may_share(const plugin_host::Handle<Interface>& component) {
  return is_stateless(component.object());
}
inline bool may_share(const hooks::PreparedHook& hook) { return may_share(hook.hook); }

class ComponentMaker {
 public:
  /// Borrows everything. `shared` may be null. Reads the length of the run from `experiment`, and
  /// declares the state of components there.
  ComponentMaker(const plan::Draft& of_draft, plugin_host::PluginHost& plugins,
                 config::Diagnostics& problems, SharedParts* shared, Experiment& experiment);

  /// Returns nothing if the component is broken in the draft, or if it was reported that it cannot
  /// be made. Its schedules learn the length of the run if that is known.
  template <class Interface>
  std::optional<plugin_host::Handle<Interface>> create(const plan::ComponentPlan& plan,
                                                       const std::string& key) {
    if (draft.soundness(key) == plan::Soundness::broken) return std::nullopt;
    return blame.attempt(Part(key, plan), [&] {
      auto made = host.create<Interface>(plan);
      if (experiment_.steps > 0) plugin_host::begin_schedules(made.object(), experiment_.steps);
      return made;
    });
  }

  /// Returns the part that an earlier experiment made of the same, or makes it with `make`, which
  /// returns nothing if it has reported a problem. `of` says what the part is made of.
  template <class Part, class Make>
  std::optional<Part> shared(const std::string& key, const std::string& of, Make&& make) {
    if (shared_parts == nullptr || draft.soundness(key) != plan::Soundness::sound) return make();
    const std::string name = fmt::format("{} {}", key, of);
    if (const Part* known = shared_parts->find<Part>(name)) return *known;
    const std::size_t said = diagnostics.sorted().size();
    std::optional<Part> part = make();
    if (part && diagnostics.sorted().size() == said && may_share(*part))
      shared_parts->keep(name, *part);
    return part;
  }

  /// Makes a component that depends on nothing but its plan and the context, or takes it from an
  /// earlier experiment.
  template <class Interface>
  std::optional<plugin_host::Handle<Interface>> create_shared(const plan::ComponentPlan& plan,
                                                              const std::string& key) {
    return shared<plugin_host::Handle<Interface>>(key, of(plan),
                                                  [&] { return create<Interface>(plan, key); });
  }

  template <class Interface>
  void declare_state(const Part& part, const plugin_host::Handle<Interface>& component,
                     const std::string& name) {
    blame.attempt(part, [&] { experiment_.state.declare(component.object(), name); });
  }

  /// Says what shared parts are made of: the dataset; its splits; the context, which is everything
  /// but the component itself; a component of this context. They are empty if nothing is shared.
  const std::string& of_data() const { return data_; }
  const std::string& of_rows() const { return rows_; }
  const std::string& of_context() const { return context_; }
  std::string of(const plan::ComponentPlan& plan) const {
    if (shared_parts == nullptr) return {};
    return fmt::format("{} {} {} {}", context_, data_is_known, experiment_.steps,
                       plan::identity(plan));
  }

  const plan::Draft& draft;
  plugin_host::PluginHost& host;
  config::Diagnostics& diagnostics;
  Blame blame;
  SharedParts* const shared_parts;
  MemoryBudget memory;
  bool data_is_known = false;  ///< the experiment's description of the data

 private:
  Experiment& experiment_;
  std::string data_, rows_, context_;
};

}  // namespace assay::experiment
