// Facet `Stateful`: a component of any kind that remembers something from step to step.
//
// The component declares its state by name and type. The host owns the memory, saves it with every
// checkpoint and restores it in place, so the component needs no code for that. A checkpoint names
// the state after its component: `hooks/early_stopping/best`, `buffers/norm1.mean` of a model.
//
//   class Best final : public assay::Hook, public assay::Stateful {
//     void declare_state(assay::State& state) override {
//       best_ = &state.number("best", std::numeric_limits<double>::infinity());
//     }
//     double* best_ = nullptr;
//   };
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "assay/facet.h"
#include "assay/kind.h"
#include "assay/tensor.h"

namespace assay {

/// Lends memory for state. A name is one line of text without '/', and each is declared once; the
/// functions throw Error for any other. The memory is the component's to read and write for as long
/// as it lives; the host writes restored values into it between two calls. So keep the pointers,
/// not copies of the values.
class State {
 public:
  /// Declares a number.
  virtual double& number(std::string_view name, double initial) = 0;
  virtual std::int64_t& integer(std::string_view name, std::int64_t initial) = 0;
  /// Declares a tensor of zeros, contiguous, aligned to 64 bytes. The component may write other
  /// initial values into it at once.
  virtual TensorView tensor(std::string_view name, DType dtype, const Shape& shape) = 0;
  template <class T>
  std::span<T> tensor(std::string_view name, const Shape& shape) {
    return tensor(name, dtype_of<T>(), shape).template values<T>();
  }

 protected:
  ~State() = default;
};

class Stateful {
 public:
  static constexpr FacetId facet = FacetId::stateful;
  static constexpr bool serves(Kind /*kind*/) { return true; }

  /// Declares the state; called once, before anything is computed. The component knows its sizes by
  /// then: the call follows build() of a model, prepare() of a metric, outputs() of a loss,
  /// describe() of a dataset, shape() of a transform, plan() of a hook, and comes before open() of
  /// a logger. It must declare the same for the same options and data.
  virtual void declare_state(State& state) = 0;

 protected:
  ~Stateful() = default;
};

}  // namespace assay
