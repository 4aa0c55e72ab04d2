#include "runner/train/gradient_transforms.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>

#include "assay/error.h"
#include "runner/train/update.h"
#include "tests/base/error_of.h"
#include "tests/support/component.h"
#include "tests/support/handle.h"
#include "tests/train/digits_network.h"

using namespace assay;
using namespace assay::test;
using train::ThreadTeam;
using train::Update;

namespace {

using Parameters = std::vector<std::vector<float>>;

// Boost's macros are for one thread.
void expect(bool holds, const char* what) {
  if (!holds) throw std::logic_error(std::string("expected ") + what);
}

/// Adds a number to every element, and counts its calls.
class Adding final : public GradientTransform {
 public:
  Adding(float number, std::vector<std::string>& calls) : number_(number), calls_(calls) {}
  void begin_step(std::int64_t count, std::span<const double> totals) override {
    BOOST_TEST(totals.empty());
    calls_.push_back("add " + std::to_string(count));
  }
  void reduce(const GradientSlice&, std::span<double>) const override {
    throw std::logic_error("nobody sums");
  }
  void apply(const GradientSlice& slice) const override {
    for (float& g : slice.gradient) g += number_;
  }

 private:
  float number_;
  std::vector<std::string>& calls_;
};

/// Sums up the elements and their number, and divides by the number in a slot, which it raises.
class Summing final : public GradientTransform {
 public:
  explicit Summing(std::vector<std::string>& calls) : calls_(calls) {}
  void declare(Slots& slots) override {
    BOOST_TEST(slots.slot("unused", 7) == 0);
    BOOST_TEST(slots.slot("divisor", 2) == 1);
  }
  std::size_t sums() const override { return 2; }
  void reduce(const GradientSlice& slice, std::span<double> sums) const override {
    expect(sums.size() == 2 && sums[0] == 0 && sums[1] == 0, "two sums of zero");
    for (const float g : slice.gradient) sums[0] += double{g};
    sums[1] = static_cast<double>(slice.gradient.size());
  }
  void begin_step(std::int64_t count, std::span<const double> sums) override {
    calls_.push_back("sum " + std::to_string(count));
    totals.assign(sums.begin(), sums.end());
  }
  void apply(const GradientSlice& slice) const override {
    expect(slice.gradient.size() <= train::ParameterSlices::most_elements, "a short slice");
    expect(slice.weights.size() == slice.gradient.size(), "the weights of the slice");
    expect(slice.slots[0][0] == 7, "the initial value of a slot");
    for (std::size_t i = 0; i < slice.gradient.size(); ++i)
      slice.gradient[i] /= slice.slots[1][i]++;
  }
  std::vector<double> totals;

 private:
  std::vector<std::string>& calls_;
};

/// Remembers the gradient that it gets.
class Keeping final : public Optimizer {
 public:
  explicit Keeping(bool elementwise) : elementwise_(elementwise) {}
  void declare(Slots& slots) override { slots.slot("gradient", 0); }
  bool elementwise() const override { return elementwise_; }
  void begin_step(std::int64_t) override {}
  void update(const UpdateSlice& slice) const override {
    std::ranges::copy(slice.gradient, slice.slots[0]);
    for (float& value : slice.values) value += 1;
  }

 private:
  bool elementwise_;
};

std::vector<train::PreparedTransform> clipping(const char* options) {
  std::vector<train::PreparedTransform> transforms;
  transforms.push_back(train::prepare(
      "clip", handle(make<GradientTransform>("clip_by_global_norm", options), "clip")));
  return transforms;
}

/// A network of the digits with JAX's weights.
struct Training {
  explicit Training(int threads = 2, int state = 100) : team(threads) {
    set_weights(*network, jax_state(state));
  }
  void use(plugin_host::Handle<Optimizer> optimizer,
           std::vector<train::PreparedTransform> transforms, train::RawGradientUse raw = {}) {
    auto slots = train::declared_slots(optimizer);
    update.emplace(std::move(optimizer), std::move(slots), *network, team, std::move(transforms),
                   raw);
  }
  double gradient(int step = 0) { return network->gradient({digits.train.get(), {}}, step).weight; }
  Parameters weights() const {
    Parameters all;
    for (std::size_t i = 0; i < network->description().parameters.size(); ++i)
      all.emplace_back(network->weights().values(i).begin(), network->weights().values(i).end());
    return all;
  }
  /// Returns the entry of the state: float32.
  std::span<const float> state(const std::string& name) {
    state::Registry registry;
    update->lend_state(registry);
    const auto* entry = registry.find(name);
    BOOST_REQUIRE_MESSAGE(entry != nullptr, name);
    return {static_cast<const float*>(static_cast<const void*>(entry->bytes.data())),
            entry->bytes.size() / sizeof(float)};
  }

  Digits digits;
  ThreadTeam team;
  std::unique_ptr<train::Network> network = digits_network(team);
  std::optional<Update> update;
};

void check_chain(bool elementwise) {
  Training training;
  std::vector<std::string> calls;
  auto owned = std::make_unique<Summing>(calls);
  Summing& summing = *owned;
  std::vector<train::PreparedTransform> transforms;
  const auto add = [&](std::string name, std::unique_ptr<GradientTransform> transform) {
    auto made = handle<GradientTransform>(std::move(transform), name);
    transforms.push_back(train::prepare(std::move(name), std::move(made)));
  };
  add("first", std::make_unique<Adding>(0.25F, calls));
  add("second", std::move(owned));
  add("third", std::make_unique<Adding>(-1, calls));
  add("fourth", std::make_unique<Summing>(calls));
  training.use(handle<Optimizer>(std::make_unique<Keeping>(elementwise), "keeping"),
               std::move(transforms));
  const Parameters start = training.weights();
  for (int step = 0; step < 2; ++step) {
    const double weight = training.gradient(step);
    const auto mean = mean_gradient(*training.network, weight);
    training.update->apply(step, weight);
    double sum = 0, elements = 0, worst = 0;
    const auto divisor = static_cast<float>(2 + step);
    for (std::size_t i = 0; i < mean.size(); ++i) {
      const auto name = training.network->description().parameters[i].name;
      const auto kept = training.state("optimizer/gradient/" + name);
      BOOST_REQUIRE(kept.size() == mean[i].size());
      for (std::size_t k = 0; k < kept.size(); ++k) {
        const float expected = ((mean[i][k] + 0.25F) / divisor - 1) / divisor;
        const double off = std::abs(double{kept[k]} - double{expected});
        worst = std::max(worst, off / std::max(1.0, std::abs(double{expected})));
        sum += double{mean[i][k]} + 0.25;
        ++elements;
      }
      for (const float value : training.state("gradient_transforms/second/divisor/" + name))
        BOOST_REQUIRE(value == divisor + 1);
    }
    BOOST_TEST(worst < 1e-6);
    BOOST_TEST(summing.totals[0] == sum, boost::test_tools::tolerance(1e-6));
    BOOST_TEST(summing.totals[1] == elements);
  }
  const std::vector<std::string> expected = {"add 0", "sum 0", "add 0", "sum 0",
                                             "add 1", "sum 1", "add 1", "sum 1"};
  BOOST_TEST(calls == expected, boost::test_tools::per_element());
  const Parameters end = training.weights();
  for (std::size_t i = 0; i < start.size(); ++i)
    for (std::size_t k = 0; k < start[i].size(); ++k)
      BOOST_REQUIRE(end[i][k] == start[i][k] + 1 + 1);
}

class SumsOf final : public GradientTransform {
 public:
  explicit SumsOf(std::size_t sums) : sums_(sums) {}
  std::size_t sums() const override { return sums_; }
  void begin_step(std::int64_t, std::span<const double>) override {}
  void apply(const GradientSlice&) const override {}

 private:
  std::size_t sums_;
};

train::PreparedTransform prepared_with(std::size_t sums) {
  return train::prepare("many", handle<GradientTransform>(std::make_unique<SumsOf>(sums), "many"));
}

/// Sums what depends on where the slices end and on the order of additions.
class Watching final : public GradientTransform {
 public:
  std::size_t sums() const override { return 1; }
  void reduce(const GradientSlice& slice, std::span<double> sums) const override {
    for (const float g : slice.gradient) sums[0] += std::sqrt(std::abs(double{g})) / 3;
    sums[0] = std::cbrt(sums[0]);
  }
  void begin_step(std::int64_t, std::span<const double> totals) override {
    now_ = static_cast<float>(totals[0]);
    seen.push_back(totals[0]);
  }
  void apply(const GradientSlice& slice) const override {
    for (float& g : slice.gradient) g /= now_;
  }
  std::vector<double> seen;

 private:
  float now_ = 1;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(gradient_transforms)

BOOST_AUTO_TEST_CASE(each_gets_what_the_one_before_it_leaves) { check_chain(true); }
BOOST_AUTO_TEST_CASE(and_so_does_an_optimizer_that_takes_whole_parameters) { check_chain(false); }

// The slices and their order are the same for any number of threads and any optimizer.
BOOST_AUTO_TEST_CASE(sums_have_the_same_bits_for_any_number_of_threads) {
  std::set<double> first;  // of the first step
  for (const bool elementwise : {true, false}) {
    std::vector<std::vector<double>> seen;
    std::vector<Parameters> weights;
    for (const int threads : {1, 2, 3, 4}) {
      Training training(threads, 0);
      auto owned = std::make_unique<Watching>();
      const Watching& watching = *owned;
      std::vector<train::PreparedTransform> transforms;
      transforms.push_back(
          train::prepare("watching", handle<GradientTransform>(std::move(owned), "watching")));
      training.use(elementwise ? handle(make<Optimizer>("adam", "{learning_rate: 0.01}"), "adam")
                               : handle<Optimizer>(std::make_unique<Keeping>(false), "keeping"),
                   std::move(transforms));
      for (int step = 0; step < 10; ++step) training.update->apply(step, training.gradient(step));
      weights.push_back(training.weights());
      seen.push_back(watching.seen);
      first.insert(watching.seen.front());
      BOOST_TEST((weights.back() == weights.front()));
      BOOST_TEST((seen.back() == seen.front()));
    }
  }
  BOOST_TEST(first.size() == 1U);
}

BOOST_AUTO_TEST_CASE(clipping_gives_the_same_bits_for_any_number_of_threads) {
  for (const char* optimizer : {"sgd", "adam"}) {
    std::vector<Parameters> weights;
    for (const int threads : {1, 2, 3}) {
      Training training(threads, 0);
      training.use(handle(make<Optimizer>(optimizer, "{learning_rate: 0.05}"), optimizer),
                   clipping("{max_norm: 0.5}"));
      for (int step = 0; step < 20; ++step) training.update->apply(step, training.gradient(step));
      weights.push_back(training.weights());
      BOOST_TEST((weights.back() == weights.front()));
    }
  }
}

// clipped.json has the losses and norms of 30 steps from the tutorial's initial weights.
BOOST_AUTO_TEST_CASE(clipped_training_follows_jax_and_optax) {
  const nlohmann::json reference = read_json("clipped.json")["runs"];
  BOOST_TEST(reference.size() == 2U);
  for (const nlohmann::json& run : reference) {
    const auto name = run["optimizer"].get<std::string>();
    const nlohmann::json options = {{"max_norm", run["max_norm"]}};
    Training training(2, 0);
    training.use(handle(make<Optimizer>(name, run["arguments"].dump()), name),
                 clipping(options.dump().c_str()), {.norm = true});
    double worst = 0;
    const auto compare = [&](double found, const nlohmann::json& expected) {
      worst = std::max(worst, std::abs(found / expected.get<double>() - 1));
    };
    for (int step = 0; step < 30; ++step) {
      const auto at = static_cast<std::size_t>(step);
      const LossSum loss = training.network->gradient({training.digits.train.get(), {}}, step);
      compare(loss.sum / loss.weight, run["losses"][at]);
      training.update->apply(step, loss.weight);
      compare(training.update->gradient_norm(), run["norms"][at]);
    }
    BOOST_TEST_MESSAGE(name << ": losses and norms of 30 clipped steps: at most " << worst
                            << " off");
    BOOST_TEST(worst < 1e-4);
  }
}

// With momentum 0 the change of the weights is the clipped gradient.
BOOST_AUTO_TEST_CASE(a_clipped_gradient_has_the_norm_that_was_asked_for) {
  Training training(2, 0);
  training.use(handle(make<Optimizer>("sgd", "{learning_rate: 1}"), "sgd"),
               clipping("{max_norm: 0.125}"), {.norm = true});
  const Parameters before = training.weights();
  training.update->apply(0, training.gradient());
  double squares = 0;
  const Parameters after = training.weights();
  for (std::size_t i = 0; i < before.size(); ++i)
    for (std::size_t k = 0; k < before[i].size(); ++k)
      squares += std::pow(double{after[i][k]} - double{before[i][k]}, 2);
  BOOST_TEST(std::sqrt(squares) == 0.125, boost::test_tools::tolerance(1e-4));
  BOOST_TEST(training.update->gradient_norm() > 0.2);
}

BOOST_AUTO_TEST_CASE(what_hooks_read_of_the_gradient_before_is_kept) {
  Training plain;
  plain.use(handle(make<Optimizer>("sgd", "{learning_rate: 0.05}"), "sgd"), {});
  plain.update->apply(0, plain.gradient());
  const double norm = plain.update->gradient_norm();
  BOOST_TEST(plain.update->raw_bytes() == 0U);
  BOOST_TEST(&plain.update->raw_gradient() == &plain.network->mean_gradient());
  for (const bool values : {true, false}) {
    Training training;
    training.use(handle(make<Optimizer>("sgd", "{learning_rate: 0.05}"), "sgd"),
                 clipping("{max_norm: 0.01}"), {.values = values, .norm = !values});
    training.update->apply(0, training.gradient());
    BOOST_TEST(training.update->gradient_norm() == norm);
    BOOST_TEST((training.update->raw_bytes() >= training.network->weights().bytes().size()) ==
               values);
    if (!values) {
      BOOST_CHECK_THROW(training.update->raw_gradient(), std::logic_error);
      continue;
    }
    for (std::size_t i = 0; i < plain.network->description().parameters.size(); ++i) {
      const auto before = plain.network->mean_gradient().values(i);
      BOOST_TEST(std::ranges::equal(training.update->raw_gradient().values(i), before));
      BOOST_TEST(!std::ranges::equal(training.network->mean_gradient().values(i), before));
    }
  }
  Training training;
  training.use(handle(make<Optimizer>("sgd", "{learning_rate: 0.05}"), "sgd"),
               clipping("{max_norm: 0.01}"));
  training.update->apply(0, training.gradient());
  BOOST_CHECK_THROW(training.update->gradient_norm(), std::logic_error);
}

BOOST_AUTO_TEST_CASE(totals_that_are_not_finite_are_passed_on) {
  Training training;
  training.use(handle(make<Optimizer>("sgd", "{learning_rate: 1}"), "sgd"),
               clipping("{max_norm: 1}"));
  const double weight = training.gradient();
  training.network->lane_gradients()[0]->values(2)[3] = std::numeric_limits<float>::quiet_NaN();
  training.update->apply(0, weight);
  BOOST_TEST(std::isnan(training.weights()[0][0]));
}

BOOST_AUTO_TEST_CASE(a_transform_may_ask_for_0_to_64_sums) {
  BOOST_TEST(prepared_with(0).sums == 0U);
  BOOST_TEST(prepared_with(64).sums == 64U);
  BOOST_TEST(error_of([] { prepared_with(65); }) ==
             "gradient_transform many: its sums() returns 65; expected 0 to 64");
}

BOOST_AUTO_TEST_CASE(slots_and_sums_are_counted) {
  Training training;
  std::vector<std::string> calls;
  std::vector<train::PreparedTransform> transforms;
  transforms.push_back(
      train::prepare("sum", handle<GradientTransform>(std::make_unique<Summing>(calls), "sum")));
  training.use(handle(make<Optimizer>("sgd", "{learning_rate: 1}"), "sgd"), std::move(transforms));
  const std::size_t slots = 2 * training.network->weights().bytes().size();
  BOOST_TEST(training.update->slot_bytes() == slots + (9 + 1) * 2 * sizeof(double));
}

BOOST_AUTO_TEST_SUITE_END()
