// Threads that compute blocks together (assay/parts.h) give the same bits as threads that compute
// them alone, and do so where it pays.
#include "assay/parts.h"

#include <algorithm>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <cstring>
#include <numeric>
#include <random>

#include "runner/train/initialize.h"
#include "tests/support/component.h"
#include "tests/support/handle.h"
#include "tests/train/digits_network.h"

using namespace assay;
using namespace assay::test;
using train::LaneRule;
using train::Network;
using train::ThreadTeam;

namespace {

const Digits& digits() {
  static const Digits digits;
  return digits;
}

LaneRule cut(std::int64_t lanes, std::int64_t block_rows) {
  LaneRule rule;
  rule.lanes = lanes;
  rule.block_rows = block_rows;
  return rule;
}

struct Gradient {
  double loss = 0;
  std::vector<std::vector<float>> values;

  bool operator==(const Gradient& other) const {
    return loss == other.loss &&
           std::ranges::equal(values, other.values, [](const auto& a, const auto& b) {
             return a.size() == b.size() &&
                    std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
           });
  }
};

Gradient gradient_of(Network& network, std::span<const std::int64_t> order) {
  const LossSum loss = network.gradient({digits().train.get(), order}, 3);
  return {loss.sum, mean_gradient(network, loss.weight)};
}

// A linear model y = x W whose blocks can be shared. It counts who asks for what.
class Counting final : public Model, public Parts {
 public:
  void build(ModelBuilder& builder) override {
    inputs_ = builder.sample().elements();
    outputs_ = builder.outputs();
    builder.parameter("kernel", {inputs_, outputs_}, Role::kernel, Initializer::lecun_normal);
  }
  std::size_t workspace_bytes(std::int64_t) const override { return 0; }
  std::span<const std::int64_t> forward_parts() const override { return parts_; }
  std::span<const std::int64_t> backward_parts() const override { return parts_; }
  std::size_t scratch_bytes(std::int64_t) const override { return 64; }

  void forward(const Pass& pass, std::span<std::byte>, MatrixView<const float> x,
               MatrixView<float> outputs) const override {
    ++alone;
    for (std::int64_t part = 0; part < 4; ++part) compute(pass, x, outputs, part);
  }
  void backward(const Pass&, std::span<std::byte>, MatrixView<const float> x,
                MatrixView<const float> d, std::span<float* const> gradients) const override {
    for (std::int64_t part = 0; part < 4; ++part) add(x, d, part, gradients);
  }
  void forward_part(const Part& part, const Pass& pass, std::span<std::byte>,
                    MatrixView<const float> x, MatrixView<float> outputs) const override {
    ++together;
    compute(pass, x, outputs, part.index);
  }
  void backward_part(const Part& part, const Pass& pass, std::span<std::byte>,
                     MatrixView<const float> x, MatrixView<const float> d,
                     std::span<float* const> gradients) const override {
    if (part.scratch.size() != 64 || part.stage != 0 || pass.set_gradients) ++wrong;
    add(x, d, part.index, gradients);
  }

  mutable std::atomic<int> alone = 0, together = 0, wrong = 0;

 private:
  void compute(const Pass& pass, MatrixView<const float> x, MatrixView<float> y,
               std::int64_t part) const {
    for (std::int64_t row = part; row < x.rows; row += 4)
      for (std::int64_t o = 0; o < outputs_; ++o) {
        y.row(row)[o] = 0;
        for (std::int64_t i = 0; i < inputs_; ++i)
          y.row(row)[o] += x.row(row)[i] * pass.parameters[0][i * outputs_ + o];
      }
  }
  void add(MatrixView<const float> x, MatrixView<const float> d, std::int64_t part,
           std::span<float* const> gradients) const {
    for (std::int64_t i = part; i < inputs_; i += 4)
      for (std::int64_t row = 0; row < x.rows; ++row)
        for (std::int64_t o = 0; o < outputs_; ++o)
          gradients[0][i * outputs_ + o] += x.row(row)[i] * d.row(row)[o];
  }

  std::int64_t parts_[1] = {4};
  std::int64_t inputs_ = 0, outputs_ = 0;
};

std::vector<std::int64_t> shuffled_rows(std::int64_t count) {
  std::vector<std::int64_t> order(1347);
  std::iota(order.begin(), order.end(), 0);
  std::ranges::shuffle(order, std::mt19937(7));
  order.resize(static_cast<std::size_t>(count));
  return order;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(parts)

BOOST_AUTO_TEST_CASE(a_wide_network_has_the_same_bits_however_threads_divide_it) {
  std::mt19937 random(1);
  for (const LaneRule& rule : {cut(2, 128), cut(3, 50), cut(1, 1000), cut(16, 33), cut(5, 17)})
    for (const std::int64_t rows : {256, 300, 61, 1}) {
      const auto order = shuffled_rows(rows);
      std::optional<Gradient> expected;
      for (int threads = 1; threads <= 4; ++threads) {
        ThreadTeam team(threads);
        const auto network = digits_network(team, rule, "{hidden: [600, 500]}", 300);
        train::initialize(5, network->description(), network->weights());
        for (int repeat = 0; repeat < 4; ++repeat) {
          team.use(static_cast<int>(random() % 4) + 1);
          const Gradient gradient = gradient_of(*network, order);
          if (!expected) expected = gradient;
          BOOST_TEST((gradient == *expected),
                     threads << " threads, " << team.in_use() << " in use, " << rows << " rows");
        }
      }
    }
}

BOOST_AUTO_TEST_CASE(blocks_are_shared_if_threads_would_have_no_lane) {
  ThreadTeam team(5);
  auto counting = std::make_unique<Counting>();
  const Counting& calls = *counting;
  const auto model = handle<Model>(std::move(counting), "counting");
  auto description = train::describe(model, digits().description.sample_shape, 10);
  Network network({model, handle(make<Loss>("softmax_cross_entropy"), "softmax_cross_entropy"), {}},
                  std::move(description), cut(2, 64), team, 1, 128);
  train::initialize(5, network.description(), network.weights());
  const auto order = shuffled_rows(128);
  const auto shared = [&](int threads) {
    calls.alone = calls.together = 0;
    team.use(threads);
    gradient_of(network, order);
    BOOST_TEST((calls.alone == 0) != (calls.together == 0));
    return calls.together > 0;
  };
  BOOST_TEST(!shared(1));
  BOOST_TEST(!shared(2));  // each has a lane
  BOOST_TEST(shared(3));
  BOOST_TEST(shared(4));
  BOOST_TEST(calls.together == 8);
  BOOST_TEST(train::useful_threads(model, {128, cut(2, 64)}) == 8);

  team.use(1);
  const Gradient expected = gradient_of(network, order);
  team.use(4);
  BOOST_TEST((gradient_of(network, order) == expected));  // gradients were cleared
  BOOST_TEST(calls.wrong == 0);
}

BOOST_AUTO_TEST_SUITE_END()
