// Kind `gradient_transform`: changes the mean gradient of a step before the optimizer gets it:
// clipping, weight decay, noise. A config lists them under `gradient_transforms`; each gets what
// the one before it leaves, as in optax.chain.
//
// A transform may need sums over the whole gradient first, such as its squared norm. In each step
// the host calls
//
//   reduce() for every slice, if sums() > 0;   on several threads
//   begin_step() with the totals;              once
//   apply() for every slice;                   on several threads
//
// and adds the sums of the slices up in float64 in a fixed order, so any number of threads gives
// the same bits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "assay/kind.h"
#include "assay/model.h"
#include "assay/slots.h"
#include "assay/tensor.h"

namespace assay {

/// A piece of the gradient of one parameter; it never crosses into another.
struct GradientSlice {
  std::string_view parameter;      ///< "layer1.kernel"
  Shape shape;                     ///< of the whole parameter
  Role role = Role::other;         ///< what the parameter is for
  std::int64_t offset = 0;         ///< of the slice within the parameter, in elements
  std::span<float> gradient;       ///< of the mean loss; reduce() only reads it
  std::span<const float> weights;  ///< of the same elements
  std::span<float* const> slots;   ///< slot i of these elements starts at slots[i]
};

class GradientTransform {
 public:
  static constexpr Kind kind = Kind::gradient_transform;
  virtual ~GradientTransform() = default;

  /// Declares what it keeps for every element of the parameters; called once.
  virtual void declare(Slots& /*slots*/) {}

  /// Returns how many numbers it sums over all slices, 0 to 64; always the same.
  virtual std::size_t sums() const { return 0; }
  /// Adds the part of one slice to `sums`, which has sums() numbers and is zero at first.
  virtual void reduce(const GradientSlice& /*slice*/, std::span<double> /*sums*/) const {}
  /// Begins a step, on one thread. `count` updates are finished; `totals` are the sums over all
  /// slices. Store here what all slices share.
  virtual void begin_step(std::int64_t count, std::span<const double> totals) = 0;
  /// Changes the gradient of one slice in place.
  virtual void apply(const GradientSlice& slice) const = 0;
};

}  // namespace assay
