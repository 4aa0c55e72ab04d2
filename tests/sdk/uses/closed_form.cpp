#include "assay/closed_form.h"

namespace {

using namespace assay;

class Descent final : public Optimizer {
 public:
  struct Name {
    const char* name;
  };
  static constexpr Name about = {"descent"};
  struct Options {
    Rate learning_rate;
  };
  explicit Descent(const Options& given) : rate_(given.learning_rate) {}
  void begin_step(std::int64_t count) override { now_ = rate_.at(count); }
  void update(const UpdateSlice& slice) const override {
    for (std::size_t i = 0; i < slice.values.size(); ++i)
      slice.values[i] -= static_cast<float>(now_ * double{slice.gradient[i]});
  }

 private:
  Rate rate_;
  double now_ = 0;
};

}  // namespace

int main() {
  const auto formula = [](double x, std::span<const double> gradients) {
    for (const double gradient : gradients) x -= 0.1 * gradient;
    return x;
  };
  Descent descent({.learning_rate = 0.1});
  const double off = closed_form::deviation(descent, formula, 7);
  return off < 1e-5 ? closed_form::follows<Descent>({.learning_rate = 0.1}, formula) : 1;
}
