// The parameters and layers that a model declared.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "assay/model.h"
#include "runner/plugin_host/component.h"
#include "runner/state/parameter_memory.h"

namespace assay::train {

struct ParameterInfo {
  std::string name;
  Shape shape;
  Role role{};
  Initializer initializer{};
};

struct LayerInfo {
  std::string name;
  std::string operation;
  std::string activation;
  Shape input;
  Shape output;
  std::vector<int> parameters;
};

struct ModelDescription {
  Shape sample;
  std::int64_t outputs = 0;
  std::vector<ParameterInfo> parameters;
  std::vector<LayerInfo> layers;

  /// Returns names and shapes of the parameters, in their order.
  std::vector<state::NamedShape> named_shapes() const {
    std::vector<state::NamedShape> named;
    for (const ParameterInfo& p : parameters) named.push_back({p.name, p.shape});
    return named;
  }
  /// Returns how many numbers all parameters have.
  std::int64_t parameter_count() const {
    std::int64_t n = 0;
    for (const ParameterInfo& p : parameters) n += p.shape.elements();
    return n;
  }
};

/// Reports that a model declared something impossible. A model's own refusal is a plain
/// ComponentError.
class UnsoundModel : public plugin_host::ComponentError {
 public:
  using ComponentError::ComponentError;
};

/// Lets the model declare itself. Throws UnsoundModel or plugin_host::ComponentError.
ModelDescription describe(const plugin_host::Handle<Model>& model, const Shape& sample,
                          std::int64_t outputs);

}  // namespace assay::train
