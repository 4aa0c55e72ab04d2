// The state that components declare with the facet Stateful (assay/state.h), in memory of the host.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "assay/state.h"
#include "runner/base/buffer.h"
#include "runner/plugin_host/component.h"
#include "runner/state/registry.h"

namespace assay::state {

/// Returns the problem with the name that a component gives its state; empty if there is none.
std::string problem_with_name(std::string_view name);

class ComponentState {
 public:
  /// Lets a component, and those nested in it, declare their state. It is named PREFIX/NAME, that
  /// of a nested component PREFIX/OPTION/NAME. Call it once for a component, before it computes
  /// anything. Throws plugin_host::ComponentError; assay::Error for state that cannot be named or
  /// is declared twice; std::bad_alloc.
  void declare(const plugin_host::Object& component, const std::string& prefix);
  /// Lends everything that was declared to a registry, which must not outlive this object.
  void lend(Registry& registry);
  /// Takes over the values of another one with the same declarations. Throws assay::Error, and
  /// changes nothing, if they differ.
  void assign(const ComponentState& other);
  /// Returns the bytes that components got.
  std::size_t bytes() const;

 private:
  class Declaration;
  struct Memory {
    std::string name;
    DType type;
    Shape shape;
    base::Buffer buffer;
  };

  std::vector<Memory> memories_;
};

}  // namespace assay::state
