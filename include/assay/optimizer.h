// Kind `optimizer`: turns gradients into updates of the parameters.
//
// All that must be remembered from step to step is declared and then owned by the host (slots
// shaped like the parameters, and scalars), which can save and restore it without a line of the
// author's.
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
  /// One number per element of every parameter, e.g. a momentum. Returns its number: 0, 1, ...
  virtual int slot(std::string_view name, float initial) = 0;
  /// One number for the whole optimizer. Returns its number: 0, 1, ...
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

  /// True: every element is updated by itself, in slices of any size. False: update() is handed
  /// whole parameters.
  virtual bool elementwise() const { return true; }

  /// Before the slices of a step, on one thread. `count` updates are finished; `scalars` are those
  /// that were declared, in and out. Keep here what all slices share (the rate of this step).
  virtual void begin_step(std::int64_t count, std::span<double> scalars) = 0;

  /// Different slices from different threads at once.
  virtual void update(const UpdateSlice& slice) const = 0;
};

}  // namespace assay
