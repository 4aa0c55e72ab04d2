// Optimizer `sgd`: gradient descent, with or without momentum; equal to optax.sgd.
//
//   learning_rate   a number or a schedule
//   momentum        decay of the trace of past gradients (default 0: none is kept)
//   nesterov        look ahead along the trace (default false; without momentum plain descent)
//
//   optimizer: {type: sgd, learning_rate: 0.05, momentum: 0.9}
#include <cstddef>

#include "assay/optimizer.h"
#include "assay/plugin.h"

namespace {

class Sgd final : public assay::Optimizer {
 public:
  static constexpr assay::About about = {.name = "sgd",
                                         .doc = "Gradient descent, momentum, Nesterov momentum."};
  struct Options {
    assay::Rate learning_rate;
    double momentum = 0;
    bool nesterov = false;
  };
  static constexpr auto table = assay::options(
      assay::required("learning_rate", &Options::learning_rate, "factor of the gradient in a step",
                      {.minimum = 0}),
      assay::option("momentum", &Options::momentum, "decay of the trace of past gradients; 0: none",
                    {.minimum = 0, .maximum = 1}),
      assay::option("nesterov", &Options::nesterov, "look ahead along the trace"));

  explicit Sgd(const Options& options)
      : learning_rate_(options.learning_rate),
        momentum_(static_cast<float>(options.momentum)),
        nesterov_(options.nesterov) {}

  void declare(assay::Slots& slots) override {
    if (momentum_ > 0) trace_ = static_cast<std::size_t>(slots.slot("trace", 0));
  }

  void begin_step(std::int64_t count) override {
    rate_ = static_cast<float>(learning_rate_.at(count));
  }

  void update(const assay::UpdateSlice& slice) const override {
    const std::size_t n = slice.values.size();
    const float rate = rate_;
    const float decay = momentum_;
    float* __restrict value = slice.values.data();
    const float* __restrict gradient = slice.gradient.data();
    if (decay == 0) {
      for (std::size_t i = 0; i < n; ++i) value[i] -= rate * gradient[i];
      return;
    }
    float* __restrict trace = slice.slots[trace_];
    if (nesterov_) {
      for (std::size_t i = 0; i < n; ++i) {
        trace[i] = gradient[i] + decay * trace[i];
        value[i] -= rate * (gradient[i] + decay * trace[i]);
      }
    } else {
      for (std::size_t i = 0; i < n; ++i) {
        trace[i] = gradient[i] + decay * trace[i];
        value[i] -= rate * trace[i];
      }
    }
  }

 private:
  assay::Rate learning_rate_;
  float momentum_;
  bool nesterov_;
  std::size_t trace_ = 0;
  float rate_ = 0;  ///< of this step
};

}  // namespace

ASSAY_COMPONENT(Sgd)
