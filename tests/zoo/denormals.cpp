// Components that fail if denormal numbers are lost: on the training threads, and on the logging
// thread.
#include <algorithm>
#include <limits>
#include <string>

#include "assay/error.h"
#include "assay/logger.h"
#include "assay/optimizer.h"
#include "assay/plugin.h"

namespace {

void require_denormals(const std::string& where) {
  volatile float least_normal = std::numeric_limits<float>::min();
  volatile float denormal = least_normal / 2;
  if (!(denormal > 0)) throw assay::Error("denormal numbers are lost " + where);
}

class Optimizer final : public assay::Optimizer {
 public:
  static constexpr assay::About about = {.name = "denormals", .doc = "Needs denormal numbers."};
  struct Options {
    assay::Rate learning_rate;
  };
  static constexpr auto table =
      assay::options(assay::required("learning_rate", &Options::learning_rate, "not followed"));
  explicit Optimizer(const Options& options) : rate_(options.learning_rate) {
    require_denormals("in a factory");
  }
  void begin_step(std::int64_t count) override {
    rate_.at(count);
    require_denormals("before a step");
  }
  void update(const assay::UpdateSlice& slice) const override {
    require_denormals("in an update");
    std::ranges::fill(slice.values, std::numeric_limits<float>::denorm_min());
  }

 private:
  assay::Rate rate_;
};

class Logger final : public assay::Logger {
 public:
  static constexpr assay::About about = {.name = "denormals", .doc = "Needs denormal numbers."};
  void open(assay::LoggerContext& /*context*/) override {
    require_denormals("on the logging thread");
  }
  void record(const assay::Record& /*record*/) override {
    require_denormals("when a number is logged");
  }
};

}  // namespace

ASSAY_PLUGIN("denormals", "1.0.0", "MIT", Optimizer, Logger)
