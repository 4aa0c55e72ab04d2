// Optimizer `lookahead`: follows another optimizer, and every few steps goes only a part of its
// way. M. Zhang and others: Lookahead Optimizer, arXiv:1907.08610; as optax.lookahead.
//   optimizer: {type: lookahead, sync_period: 6, slow_step_size: 0.5, fast: {type: sgd, ...}}
#include <cstdint>

#include "assay/optimizer.h"
#include "assay/plugin.h"

namespace {
class Lookahead final : public assay::Optimizer {
 public:
  static constexpr assay::About about = {.name = "lookahead", .doc = "Goes a part of the way."};
  struct Options {
    assay::Nested<assay::Optimizer> fast;
    std::int64_t sync_period = 6;
    double slow_step_size = 0.5;
  };
  static constexpr auto table = assay::options(
      assay::required("fast", &Options::fast, "the optimizer within"),
      assay::option("sync_period", &Options::sync_period, "its steps each time", {.minimum = 1}),
      assay::option("slow_step_size", &Options::slow_step_size, "the part of the way",
                    {.minimum = 0, .maximum = 1}));
  explicit Lookahead(const Options& options) : options_(options) {}

  void declare(assay::Slots& slots) override {
    slow_ = static_cast<std::size_t>(slots.slot("slow", 0));
    fast_slots_.declare(*options_.fast, "fast", slots);
  }
  bool elementwise() const override { return options_.fast->elementwise(); }
  void begin_step(std::int64_t count) override {
    first_ = count == 0;
    synchronizes_ = (count + 1) % options_.sync_period == 0;
    options_.fast->begin_step(count);
  }
  void update(const assay::UpdateSlice& slice) const override {
    float* const slow = slice.slots[slow_];
    for (std::size_t i = 0; first_ && i < slice.values.size(); ++i) slow[i] = slice.values[i];
    options_.fast->update(fast_slots_.slice(slice));
    for (std::size_t i = 0; synchronizes_ && i < slice.values.size(); ++i)
      slice.values[i] = slow[i] +=
          static_cast<float>(options_.slow_step_size) * (slice.values[i] - slow[i]);
  }

 private:
  Options options_;
  assay::InnerSlots fast_slots_;
  std::size_t slow_ = 0;
  bool first_ = false, synchronizes_ = false;
};
}  // namespace
ASSAY_PLUGIN("lookahead", "0.1.0", "MIT", Lookahead)
