#define BOOST_TEST_MODULE optimizer
#include "assay/optimizer.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/component.h"
#include "tests/support/reference.h"

using assay::Optimizer;
using assay::test::make;
using assay::test::read_json;

namespace {

/// Owns what the host would own: the values, the state, and the number of finished updates.
class Training final : public assay::Slots {
 public:
  Training(const std::string& type, const std::string& options, std::vector<float> values)
      : optimizer_(make<Optimizer>(type, options)), values_(std::move(values)) {
    optimizer_->declare(*this);
  }

  int slot(std::string_view name, float initial) override {
    names_.emplace_back(name);
    slots_.emplace_back(values_.size(), initial);
    return static_cast<int>(slots_.size()) - 1;
  }

  /// Runs one update, in slices of at most `slice` elements.
  void step(const std::vector<float>& gradient, std::size_t slice = 1'000'000) {
    optimizer_->begin_step(count_++);
    for (std::size_t first = 0; first < values_.size(); first += slice) {
      const std::size_t n = std::min(slice, values_.size() - first);
      std::vector<float*> slots;
      for (std::vector<float>& s : slots_) slots.push_back(s.data() + first);
      optimizer_->update({.parameter = "layer1.kernel",
                          .shape = {static_cast<std::int64_t>(values_.size())},
                          .role = assay::Role::kernel,
                          .offset = static_cast<std::int64_t>(first),
                          .values = std::span(values_).subspan(first, n),
                          .gradient = std::span(gradient).subspan(first, n),
                          .slots = slots});
    }
  }

  /// Copies everything that a checkpoint contains.
  void restore(const Training& other) {
    values_ = other.values_;
    slots_ = other.slots_;
    count_ = other.count_;
  }

  const Optimizer& optimizer() const { return *optimizer_; }
  const std::vector<float>& values() const { return values_; }
  const std::vector<std::string>& slot_names() const { return names_; }

 private:
  std::unique_ptr<Optimizer> optimizer_;
  std::vector<float> values_;
  std::vector<std::string> names_;
  std::vector<std::vector<float>> slots_;
  std::int64_t count_ = 0;
};

/// The problem in make_optax_reference.py: sum(a (p - t)^2) + 0.1 sum(p^4).
struct Problem {
  std::vector<double> a;
  std::vector<double> t;
  std::vector<float> start;

  explicit Problem(const nlohmann::json& reference)
      : a(reference["a"]), t(reference["t"]), start(reference["p0"]) {}

  std::vector<float> gradient(const std::vector<float>& values) const {
    std::vector<float> result;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double p = values[i];
      result.push_back(static_cast<float>(2 * a[i] * (p - t[i]) + 0.4 * p * p * p));
    }
    return result;
  }
};

/// Compares float32 values with float64 gradients to optax in float64. Differences are relative to
/// the larger of 1 and the parameter, because parameters pass through zero.
void check_steps(const std::string& type, const std::string& options, const nlohmann::json& steps) {
  const nlohmann::json reference = read_json("optax_reference.json");
  const Problem problem(reference["problem"]);
  Training training(type, options, problem.start);
  double worst = 0;
  for (const nlohmann::json& expected : steps) {
    training.step(problem.gradient(training.values()));
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const auto e = expected[i].get<double>();
      BOOST_REQUIRE(std::isfinite(training.values()[i]));
      const double off = std::abs(static_cast<double>(training.values()[i]) - e);
      worst = std::max(worst, off / std::max(1.0, std::abs(e)));
    }
  }
  BOOST_TEST_MESSAGE(type << " " << options << ": " << steps.size() << " steps, at most " << worst
                          << " off");
  BOOST_TEST(steps.size() == 25U);
  BOOST_TEST(worst < 2e-6);
}

struct Named {
  const char* type;
  const char* options;
};
const std::vector<Named> variants = {
    {"sgd", "{learning_rate: 0.05}"},
    {"sgd", "{learning_rate: 0.05, momentum: 0.9}"},
    {"sgd", "{learning_rate: 0.05, momentum: 0.9, nesterov: true}"},
    {"adam", "{learning_rate: 0.05}"},
    {"adam", "{learning_rate: {type: cosine, init_value: 0.1, decay_steps: 9}, eps_root: 1e-4}"},
};

/// Returns numbers from -1 to 1, different for each step.
std::vector<float> numbers(std::size_t n, int step) {
  std::vector<float> result;
  for (std::size_t i = 0; i < n; ++i)
    result.push_back(static_cast<float>(std::sin(static_cast<double>(i * 7 + 1) * (step + 1.3))));
  return result;
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_step_equals_optax) {
  const nlohmann::json reference = read_json("optax_reference.json");
  const auto check = [&](const char* name, const char* type, const char* options) {
    check_steps(type, options, reference["optimizers"][name]["parameters_after_each_step"]);
  };
  check("sgd", "sgd", "{learning_rate: 0.05}");
  check("sgd_momentum_0.9", "sgd", "{learning_rate: 0.05, momentum: 0.9}");
  check("sgd_nesterov_0.9", "sgd", "{learning_rate: 0.05, momentum: 0.9, nesterov: true}");
  check("adam", "adam", "{learning_rate: 0.05, b1: 0.9, b2: 0.999, eps: 1e-8}");
}

BOOST_AUTO_TEST_CASE(schedules_and_other_arguments_equal_optax) {
  const nlohmann::json reference = read_json("optax_more.json");
  for (const nlohmann::json& entry : reference["optimizers"]) {
    nlohmann::json options = entry["arguments"];
    options["learning_rate"] = entry["cosine"];
    options["learning_rate"]["type"] = "cosine";
    check_steps(entry["type"], options.dump(), entry["parameters_after_each_step"]);
  }
}

BOOST_AUTO_TEST_CASE(slices_of_any_size_give_the_same_bits) {
  constexpr std::size_t n = 103;
  for (const auto& [type, options] : variants) {
    BOOST_TEST_CONTEXT(type << " " << options) {
      Training whole(type, options, numbers(n, 100));
      BOOST_TEST(whole.optimizer().elementwise());
      for (int step = 0; step < 5; ++step) whole.step(numbers(n, step));
      for (std::size_t slice : {1U, 3U, 8U, 32U, 64U, 102U}) {
        Training sliced(type, options, numbers(n, 100));
        for (int step = 0; step < 5; ++step) sliced.step(numbers(n, step), slice);
        BOOST_TEST(sliced.values() == whole.values(), "slices of " << slice);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_restored_state_goes_on_with_the_same_bits) {
  constexpr std::size_t n = 50;
  for (const auto& [type, options] : variants) {
    BOOST_TEST_CONTEXT(type << " " << options) {
      Training through(type, options, numbers(n, 100));
      for (int step = 0; step < 4; ++step) through.step(numbers(n, step));
      Training resumed(type, options, numbers(n, 200));
      resumed.restore(through);
      for (int step = 4; step < 9; ++step) {
        through.step(numbers(n, step));
        resumed.step(numbers(n, step));
      }
      BOOST_TEST(resumed.values() == through.values());
    }
  }
}

BOOST_AUTO_TEST_CASE(state_is_declared_only_where_it_is_used) {
  using Names = std::vector<std::string>;
  const auto slots = [](const Named& v) { return Training(v.type, v.options, {1}).slot_names(); };
  BOOST_TEST(slots(variants[0]) == Names{});
  BOOST_TEST(slots(variants[1]) == Names{"trace"});
  BOOST_TEST(slots(variants[3]) == (Names{"mu", "nu"}));
}

BOOST_AUTO_TEST_CASE(nesterov_without_momentum_is_plain_descent) {
  Training plain("sgd", "{learning_rate: 0.1}", numbers(20, 1));
  Training nesterov("sgd", "{learning_rate: 0.1, nesterov: true}", numbers(20, 1));
  plain.step(numbers(20, 2));
  nesterov.step(numbers(20, 2));
  BOOST_TEST(plain.values() == nesterov.values());
}
