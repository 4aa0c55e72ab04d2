// Kind `optimizer`: turns gradients into updates of the parameters.
//
// The optimizer declares all state that it carries from step to step: slots, shaped like the
// parameters, and scalars. The host owns this state, so it can save and restore it; the optimizer
// needs no code for that.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "assay/kind.h"
#include "assay/model.h"
#include "assay/tensor.h"

namespace assay {

class OptimizerState {
 public:
  /// Declares one number per element of every parameter, e.g. a momentum. Returns its number: 0, 1,
  /// ...
  virtual int slot(std::string_view name, float initial) = 0;
  /// Declares one number for the whole optimizer. Returns its number: 0, 1, ...
  virtual int scalar(std::string_view name, double initial) = 0;

 protected:
  ~OptimizerState() = default;
};

/// A piece of one parameter; it never crosses into another.
struct UpdateSlice {
  std::string_view parameter;       ///< "layer1.kernel"
  Shape shape;                      ///< of the whole parameter
  Role role = Role::other;          ///< what the parameter is for
  std::int64_t offset = 0;          ///< of the slice within the parameter, in elements
  std::span<float> values;          ///< in and out
  std::span<const float> gradient;  ///< of the mean loss; same length
  std::span<float* const> slots;    ///< slot i of these elements starts at slots[i]
};

class Optimizer {
 public:
  static constexpr Kind kind = Kind::optimizer;
  virtual ~Optimizer() = default;

  virtual void declare(OptimizerState& /*state*/) {}

  /// Returns true if every element is updated independently, in slices of any size. If false,
  /// update() receives whole parameters.
  virtual bool elementwise() const { return true; }

  /// Begins a step; called on one thread before its slices. `count` updates are finished; `scalars`
  /// are the declared ones, in and out. Store here what all slices share (the rate of this step).
  virtual void begin_step(std::int64_t count, std::span<double> scalars) = 0;

  /// Updates one slice. The host updates different slices on different threads at once.
  virtual void update(const UpdateSlice& slice) const = 0;
};

}  // namespace assay
