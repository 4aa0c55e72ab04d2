#include "runner/train/update.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstring>
#include <mutex>
#include <random>
#include <tuple>

#include "assay/state.h"
#include "runner/state/component_state.h"
#include "tests/support/component.h"
#include "tests/support/handle.h"
#include "tests/train/digits_network.h"

using namespace assay;
using namespace assay::test;
using train::ThreadTeam;
using train::Update;

namespace {

struct Seen {
  std::string parameter;
  Shape shape;
  Role role;
  std::int64_t offset;
  std::vector<float> gradient;
};

/// Counts in its slot, sets the weights to the slot's value, and remembers its slices.
class Counter final : public Optimizer, public Stateful {
 public:
  Counter(std::vector<Seen>& seen, bool elementwise) : seen_(seen), elementwise_(elementwise) {}
  void declare(Slots& slots) override {
    BOOST_TEST(slots.slot("count", 0.5F) == 0);
    BOOST_TEST(slots.slot("unused", 7) == 1);
  }
  void declare_state(State& state) override { steps = &state.number("steps", 10); }
  bool elementwise() const override { return elementwise_; }
  void begin_step(std::int64_t count) override {
    counts.push_back(count);
    *steps += 1;
  }
  void update(const UpdateSlice& slice) const override {
    for (std::size_t i = 0; i < slice.values.size(); ++i) {
      slice.slots[0][i] += 1;
      slice.values[i] = slice.slots[0][i] + slice.slots[1][i];
    }
    const std::lock_guard lock(mutex_);
    seen_.push_back({std::string(slice.parameter),
                     slice.shape,
                     slice.role,
                     slice.offset,
                     {slice.gradient.begin(), slice.gradient.end()}});
  }
  std::vector<std::int64_t> counts;
  double* steps = nullptr;

 private:
  std::vector<Seen>& seen_;
  bool elementwise_;
  mutable std::mutex mutex_;
};

struct Step {
  explicit Step(bool elementwise) {
    auto counter = std::make_unique<Counter>(seen, elementwise);
    optimizer = counter.get();
    set_weights(*network, jax_state(100));
    const auto made = handle<Optimizer>(std::move(counter), "counter");
    state.declare(made.object(), "optimizer");
    update.emplace(made, *network, team);
  }
  double gradient() { return network->gradient({digits.train.get(), {}}, 0).weight; }
  // Returns the slices put together again, by parameter.
  std::vector<std::vector<float>> gradients() {
    std::ranges::sort(seen, {}, [](const Seen& s) { return std::tie(s.parameter, s.offset); });
    std::vector<std::vector<float>> whole;
    for (const auto& parameter : network->description().parameters) {
      auto& gradient = whole.emplace_back();
      for (const Seen& s : seen) {
        if (s.parameter != parameter.name) continue;
        BOOST_TEST(s.offset == static_cast<std::int64_t>(gradient.size()));
        BOOST_CHECK(s.shape == parameter.shape);
        BOOST_CHECK(s.role == parameter.role);
        gradient.insert(gradient.end(), s.gradient.begin(), s.gradient.end());
      }
    }
    return whole;
  }
  Digits digits;
  ThreadTeam team{2};
  std::unique_ptr<train::Network> network = digits_network(team);
  std::vector<Seen> seen;
  Counter* optimizer = nullptr;
  state::ComponentState state;
  std::optional<Update> update;
};

void check_slices(bool elementwise, std::size_t expected_slices) {
  Step step(elementwise);
  const double weight = step.gradient();
  const auto expected = mean_gradient(*step.network, weight);  // apply() adds up in place
  step.update->apply(4, weight);
  BOOST_TEST(step.seen.size() == expected_slices);
  const auto found = step.gradients();
  for (std::size_t i = 0; i < expected.size(); ++i) {
    BOOST_REQUIRE(found[i].size() == expected[i].size());
    double worst = 0;
    for (std::size_t j = 0; j < expected[i].size(); ++j)
      worst = std::max(worst, std::abs(double{found[i][j]} - double{expected[i][j]}));
    BOOST_TEST(worst < 1e-8);
    for (const float value : step.network->weights().values(i)) BOOST_TEST(value == 8.5F);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(update)

// Covers 64x100, 100x100 and 100x10 kernels and their biases, in slices of 4096.
BOOST_AUTO_TEST_CASE(slices_cover_every_parameter_once) {
  check_slices(true, 2 + 1 + 3 + 1 + 1 + 1);
}
BOOST_AUTO_TEST_CASE(whole_parameters_where_asked) { check_slices(false, 6); }

BOOST_AUTO_TEST_CASE(state_is_kept_from_step_to_step) {
  Step step(true);
  for (int i = 0; i < 3; ++i) step.update->apply(i, step.gradient());
  const std::vector<std::int64_t> counts = {0, 1, 2};
  BOOST_TEST(step.optimizer->counts == counts, boost::test_tools::per_element());
  BOOST_TEST(*step.optimizer->steps == 13.0);
  BOOST_TEST(step.network->weights().values(0)[0] == 10.5F);
}

// The number of working threads may change after any step.
BOOST_AUTO_TEST_CASE(a_number_of_threads_that_changes_gives_the_same_bits) {
  const Digits digits;
  std::vector<std::vector<float>> weights;
  std::minstd_rand random(3);
  for (const bool changes : {false, true, true}) {
    ThreadTeam team(changes ? 4 : 1);
    const auto network = digits_network(team);
    set_weights(*network, jax_state(0));
    Update update(handle(make<Optimizer>("adam", "{learning_rate: 0.01}"), "adam"), *network, team);
    for (int step = 0; step < 60; ++step) {
      if (changes) team.use(1 + static_cast<int>(random() % 4));
      const LossSum loss = network->gradient({digits.train.get(), {}}, step);
      if (changes) team.use(1 + static_cast<int>(random() % 4));
      update.apply(step, loss.weight);
    }
    auto& last = weights.emplace_back();
    for (std::size_t i = 0; i < network->description().parameters.size(); ++i)
      last.insert(last.end(), network->weights().values(i).begin(),
                  network->weights().values(i).end());
    BOOST_TEST(std::memcmp(last.data(), weights[0].data(), last.size() * sizeof(float)) == 0);
  }
}

// The norm is from JAX: of a gradient computed in float64 from these weights.
BOOST_AUTO_TEST_CASE(the_norm_of_the_gradient_is_jaxs_for_any_number_of_threads) {
  const Digits digits;
  for (const int step : {0, 1, 100, 3000}) {
    const Safetensors state = jax_state(step);
    double squares = 0;
    for (const auto& [name, tensor] : state.tensors)
      if (name.starts_with("gradient."))
        for (const float g : tensor.values) squares += double{g} * double{g};
    const double expected = std::sqrt(squares);
    std::vector<double> norms;
    for (const int threads : {1, 2, 4})
      for (const char* optimizer : {"sgd", "adam"}) {
        ThreadTeam team(threads);
        const auto network = digits_network(team);
        set_weights(*network, state);
        Update update(handle(make<Optimizer>(optimizer, "{learning_rate: 0.05}"), optimizer),
                      *network, team);
        update.apply(0, network->gradient({digits.train.get(), {}}, 0).weight);
        norms.push_back(update.gradient_norm());
        BOOST_TEST(norms.back() == norms[0]);
        BOOST_TEST(update.gradient_norm() == norms[0]);
      }
    BOOST_TEST_MESSAGE("step " << step << ": " << norms[0] / expected - 1 << " off");
    BOOST_TEST(norms[0] == expected, boost::test_tools::tolerance(1e-4));
  }
}

// curve.csv has the losses of the first steps from the tutorial's initial weights.
BOOST_AUTO_TEST_CASE(sgd_follows_jaxs_curve_for_any_number_of_threads) {
  const Digits digits;
  const auto curve = read_csv(reference_file("curve.csv"));
  std::vector<std::vector<double>> losses;
  for (int threads = 1; threads <= 4; ++threads) {
    ThreadTeam team(threads);
    const auto network = digits_network(team);
    set_weights(*network, jax_state(0));
    Update update(handle(make<Optimizer>("sgd", "{learning_rate: 0.05}"), "sgd"), *network, team);
    auto& run = losses.emplace_back();
    for (int step = 0; step < 20; ++step) {
      const LossSum loss = network->gradient({digits.train.get(), {}}, step);
      run.push_back(loss.sum / loss.weight);
      update.apply(step, loss.weight);
    }
    BOOST_TEST(run == losses[0]);
  }
  double worst = 0;
  for (std::size_t step = 0; step < 5; ++step)
    worst = std::max(worst, std::abs(losses[0][step] / curve[step][1] - 1));
  BOOST_TEST_MESSAGE("training losses of steps 1 to 5: at most " << worst << " off");
  BOOST_TEST(worst < 1e-3);
}

BOOST_AUTO_TEST_SUITE_END()
