// Kind `optimizer`: turns gradients into updates of the parameters.
//
// The optimizer declares what it remembers of every parameter from step to step as slots, shaped
// like the parameters. The host owns them, so it can save and restore them; the optimizer needs no
// code for that. What else it remembers it declares with the facet Stateful (state.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "assay/kind.h"
#include "assay/model.h"
#include "assay/slots.h"
#include "assay/tensor.h"

namespace assay {

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

  /// Declares the slots; called once. An optimizer that contains another one uses InnerSlots.
  virtual void declare(Slots& /*slots*/) {}

  /// Returns true if every element is updated independently, in slices of any size. If false,
  /// update() receives whole parameters.
  virtual bool elementwise() const { return true; }

  /// Begins a step; called on one thread before its slices. `count` updates are finished. Store
  /// here what all slices share (the rate of this step).
  virtual void begin_step(std::int64_t count) = 0;

  /// Updates one slice. The host updates different slices on different threads at once.
  virtual void update(const UpdateSlice& slice) const = 0;
};

/// The slots of an optimizer within another one. They are named "fast.mu" and numbered from 0, as
/// the inner optimizer expects.
class InnerSlots final : public Slots {
 public:
  /// Lets `inner` declare its slots, after those that were declared so far. `option` names the
  /// option that holds it: "fast".
  void declare(Optimizer& inner, std::string_view option, Slots& outer) {
    outer_ = &outer;
    prefix_ = std::string(option) + ".";
    inner.declare(*this);
  }
  /// Returns a slice of the outer optimizer as the inner one gets it.
  UpdateSlice slice(UpdateSlice outer) const {
    outer.slots = outer.slots.subspan(first_, count_);
    return outer;
  }

  int slot(std::string_view name, float initial) override {
    const int number = outer_->slot(prefix_ + std::string(name), initial);
    if (count_ == 0) first_ = static_cast<std::size_t>(number);
    return static_cast<int>(count_++);
  }

 private:
  Slots* outer_ = nullptr;  // while declare() runs
  std::string prefix_;
  std::size_t first_ = 0;
  std::size_t count_ = 0;
};

}  // namespace assay
