// Schedule `constant`: the same value at every step; equal to optax.constant_schedule.
//
//   value   the value
//
//   optimizer: {type: sgd, learning_rate: {type: constant, value: 0.05}}
#include "assay/plugin.h"
#include "assay/schedule.h"

namespace {

class Constant final : public assay::Schedule {
 public:
  static constexpr assay::About about = {.name = "constant",
                                         .doc = "The same value at every step."};
  struct Options {
    double value = 0;
  };
  static constexpr auto table =
      assay::options(assay::required("value", &Options::value, "the value"));

  explicit Constant(const Options& options) : value_(options.value) {}

  double value(std::int64_t /*count*/) const override { return value_; }

 private:
  double value_;
};

}  // namespace

ASSAY_COMPONENT(Constant)
