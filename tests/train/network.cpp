#include "runner/train/network.h"

#include <algorithm>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstring>
#include <numeric>

#include "tests/support/component.h"
#include "tests/support/handle.h"
#include "tests/train/digits_network.h"

using namespace assay;
using namespace assay::test;
using train::EvaluationRequest;
using train::LaneRule;
using train::Lanes;
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

bool same_bits(std::span<const float> a, std::span<const float> b) {
  return a.size() == b.size() &&
         (a.empty() || std::memcmp(a.data(), b.data(), a.size_bytes()) == 0);
}

// Returns the largest difference from JAX's gradient, relative to the largest element of its array.
double worst_gradient(const Network& network, double weight, const Safetensors& state) {
  const auto gradient = mean_gradient(network, weight);
  double worst = 0;
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    const auto& expected =
        state.tensors.at("gradient." + network.description().parameters[i].name).values;
    BOOST_REQUIRE(expected.size() == gradient[i].size());
    double largest = 0, difference = 0;
    for (std::size_t j = 0; j < expected.size(); ++j) {
      largest = std::max(largest, std::abs(double{expected[j]}));
      difference = std::max(difference, std::abs(double{expected[j]} - double{gradient[i][j]}));
    }
    worst = std::max(worst, difference / largest);
  }
  return worst;
}

double relative(double found, const std::string& expected) {
  return std::abs(found / std::stod(expected) - 1);
}

/// Counts the rows of each class, and shows the last output of the last row.
class ClassCounts final : public Metric, public WholeSplit {
 public:
  std::span<const MetricResult> results() const override {
    static constexpr MetricResult all[] = {{"rows", 1}, {"classes", 10}, {"last", 1}};
    return all;
  }
  void evaluate(const MetricTotals& totals, std::span<double> values) const override {
    values[0] = static_cast<double>(totals.rows);
    for (const std::int32_t index : totals.targets.values<const std::int32_t>())
      values[1 + static_cast<std::size_t>(index)] += 1;
    values[11] = double{totals.outputs.row_span(totals.rows - 1).back()};
  }
};

/// A dataset that does not show its samples in memory.
class Hidden final : public Dataset {
 public:
  explicit Hidden(std::unique_ptr<Dataset> dataset) : dataset_(std::move(dataset)) {}
  void describe(DatasetDescription& out) const override { dataset_->describe(out); }
  void read_samples(std::span<const std::int64_t> rows, MatrixView<float> out) const override {
    dataset_->read_samples(rows, out);
  }
  void read_targets(std::span<const std::int64_t> rows, TensorView out) const override {
    dataset_->read_targets(rows, out);
  }

 private:
  std::unique_ptr<Dataset> dataset_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(network)

BOOST_AUTO_TEST_CASE(losses_and_gradients_are_jaxs_for_any_cut) {
  ThreadTeam team(2);
  for (const int step : {0, 1, 10, 100, 1000, 3000}) {
    const Safetensors state = jax_state(step);
    double gradients = 0, train_loss = 0, test_loss = 0, hits = 0;
    for (const LaneRule& rule :
         {LaneRule{}, cut(1, 2000), cut(1, 1), cut(3, 50), cut(8, 64), cut(16, 33), cut(64, 7)}) {
      const auto network = digits_network(team, rule);
      set_weights(*network, state);
      const LossSum loss = network->gradient({digits().train.get(), {}}, step);
      BOOST_TEST(loss.weight == 1347.0);
      const auto tested = network->evaluate(*digits().test, {{0, 1}, 0}, step);
      train_loss =
          std::max(train_loss, relative(loss.sum / loss.weight, state.metadata.at("train_loss")));
      test_loss =
          std::max(test_loss, relative(tested.values[0][0], state.metadata.at("test_loss")));
      gradients = std::max(gradients, worst_gradient(*network, loss.weight, state));
      hits = std::max(hits, std::abs(tested.values[1][0] * 450 -
                                     std::stod(state.metadata.at("test_hits_of_450"))));
    }
    BOOST_TEST_MESSAGE("step " << step << ": at most " << train_loss << " off the training loss, "
                               << test_loss << " off the test loss, " << gradients
                               << " off the gradients, " << hits << " off the hits");
    BOOST_TEST(train_loss < 1e-5);
    BOOST_TEST(test_loss < 1e-5);
    BOOST_TEST(gradients < 1e-4);
    BOOST_TEST(hits < 1.5);
  }
}

BOOST_AUTO_TEST_CASE(any_number_of_threads_gives_the_same_bits) {
  const Safetensors state = jax_state(100);
  std::vector<std::int64_t> order(1347);
  std::iota(order.rbegin(), order.rend(), 0);
  struct Results {
    double loss = 0;
    std::vector<std::vector<float>> gradient;
    std::vector<std::vector<double>> values;
    std::vector<float> outputs;
  };
  std::vector<Results> results;
  for (int threads = 1; threads <= 4; ++threads) {
    ThreadTeam team(threads);
    const auto network = digits_network(team);
    set_weights(*network, state);
    for (int repeat = 0; repeat < 5; ++repeat) {
      Results& r = results.emplace_back();
      const LossSum loss = network->gradient({digits().train.get(), order}, 5);
      r.loss = loss.sum;
      r.gradient = mean_gradient(*network, loss.weight);
      auto evaluation = network->evaluate(*digits().test, {{0, 1}, 450}, 5);
      r.values = evaluation.values;
      r.outputs = std::move(evaluation.outputs);
    }
  }
  for (const Results& r : results) {
    BOOST_TEST(r.loss == results[0].loss);
    BOOST_CHECK(r.values == results[0].values);
    BOOST_TEST(same_bits(r.outputs, results[0].outputs));
    for (std::size_t i = 0; i < r.gradient.size(); ++i)
      BOOST_TEST(same_bits(r.gradient[i], results[0].gradient[i]));
  }
}

// A batch of chosen rows equals those rows alone; a smaller batch follows a larger one.
BOOST_AUTO_TEST_CASE(a_batch_is_made_of_the_rows_it_names) {
  ThreadTeam team(2);
  const auto network = digits_network(team);
  set_weights(*network, jax_state(100));
  std::vector<std::int64_t> order(1347);
  std::iota(order.begin(), order.end(), 0);
  const LossSum whole = network->gradient({digits().train.get(), {}}, 0);
  const auto whole_gradient = mean_gradient(*network, whole.weight);
  const LossSum same = network->gradient({digits().train.get(), order}, 0);
  BOOST_TEST(same.sum == whole.sum);
  const auto same_gradient = mean_gradient(*network, same.weight);
  for (std::size_t i = 0; i < same_gradient.size(); ++i)
    BOOST_TEST(same_bits(same_gradient[i], whole_gradient[i]));

  double sum = 0, weight = 0;
  std::ranges::reverse(order);
  for (std::size_t first = 0; first < order.size(); first += 32) {
    const auto batch =
        std::span(order).subspan(first, std::min<std::size_t>(32, order.size() - first));
    const LossSum loss = network->gradient({digits().train.get(), batch}, 0);
    BOOST_TEST(loss.weight == static_cast<double>(batch.size()));
    sum += loss.sum;
    weight += loss.weight;
  }
  BOOST_TEST(weight == 1347.0);
  BOOST_TEST(sum == whole.sum, boost::test_tools::tolerance(1e-6));
}

// The samples may come from a copy in memory, from the dataset's own memory, or from reading.
BOOST_AUTO_TEST_CASE(rows_that_stay_in_the_dataset_give_the_same_bits) {
  const auto dataset = handle(make<Dataset>("digits"), "digits");
  const auto hidden = handle<Dataset>(std::make_unique<Hidden>(make<Dataset>("digits")), "hidden");
  std::vector<std::int64_t> numbers, order(1347);
  for (std::int64_t i = 0; i < 1347; ++i) numbers.push_back(i * 4 % 1797);
  std::iota(order.rbegin(), order.rend(), 0);
  std::vector<data::Rows> ways;
  for (const auto& from : {dataset, hidden})
    for (const data::CopyLimits limits : {data::CopyLimits{}, data::CopyLimits{0, 0}})
      ways.push_back(data::read(from, data::describe(from), numbers, 35, limits));
  BOOST_TEST(ways[0].samples().rows == 1347);
  for (const std::size_t way : {1, 3}) BOOST_TEST(ways[way].samples().rows == 35);

  ThreadTeam team(3);
  const auto network = digits_network(team);
  set_weights(*network, jax_state(100));
  const std::span<const std::int64_t> all, reversed = order;
  for (const auto batch : {all, reversed, reversed.first(200)}) {
    const LossSum loss = network->gradient({&ways[0], batch}, 5);
    const auto gradient = mean_gradient(*network, loss.weight);
    for (const data::Rows& way : ways) {
      BOOST_TEST(network->gradient({&way, batch}, 5).sum == loss.sum);
      const auto same = mean_gradient(*network, loss.weight);
      for (std::size_t i = 0; i < same.size(); ++i) BOOST_TEST(same_bits(same[i], gradient[i]));
    }
  }
  const auto expected = network->evaluate(ways[0], {{0, 1}, 100}, 5);
  for (const data::Rows& way : ways) {
    const auto evaluation = network->evaluate(way, {{0, 1}, 100}, 5);
    BOOST_CHECK(evaluation.values == expected.values);
    BOOST_TEST(same_bits(evaluation.outputs, expected.outputs));
  }
}

BOOST_AUTO_TEST_CASE(kept_rows_are_the_first_of_all_outputs) {
  ThreadTeam team(2);
  const auto network = digits_network(team);
  set_weights(*network, jax_state(3000));
  const auto all = network->evaluate(*digits().test, {{0}, 450}, 0);
  BOOST_REQUIRE(all.outputs.size() == 4500U);
  for (const std::int64_t rows : {0, 1, 35, 60, 225, 226, 449, 1000}) {
    const auto elements = static_cast<std::size_t>(std::min<std::int64_t>(rows, 450) * 10);
    const auto expected = std::span(all.outputs).first(elements);
    BOOST_TEST(same_bits(network->evaluate(*digits().test, {{}, rows}, 0).outputs, expected));
    BOOST_TEST(same_bits(network->evaluate(*digits().test, {{1}, rows}, 0).outputs, expected));
  }
  // JAX's logits of the first 35 test rows after step 3000.
  const auto logits = read_csv(reference_file("final_logits_first35.csv"));
  double worst = 0;
  for (std::size_t row = 0; row < 35; ++row)
    for (std::size_t i = 0; i < 10; ++i)
      worst = std::max(worst, std::abs(logits[row][logits[row].size() - 10 + i] -
                                       double{all.outputs[row * 10 + i]}));
  BOOST_TEST_MESSAGE("the logits are at most " << worst << " off");
  BOOST_TEST(worst < 1e-3);
}

BOOST_AUTO_TEST_CASE(outputs_of_blocks_have_the_bits_of_an_evaluation) {
  ThreadTeam team(3);
  const auto network = digits_network(team, {50, {}, false});
  set_weights(*network, jax_state(100));
  const data::Rows& rows = *digits().train;
  const auto evaluation = network->evaluate(rows, {{0}, rows.count}, 5);
  const train::Lanes lanes(rows.count, network->rule());
  std::vector<float> outputs(evaluation.outputs.size());
  std::vector<std::int64_t> visits(static_cast<std::size_t>(lanes.blocks()));
  std::atomic<int> wrong = 0;  // Boost.Test may not be called by several threads at once
  for (std::int64_t first = 0; first < lanes.blocks(); first += 5) {
    const train::Range blocks{first, std::min<std::int64_t>(5, lanes.blocks() - first)};
    network->outputs(rows, 5, blocks, [&](std::int64_t i, const train::BlockOutputs& block) {
      ++visits[static_cast<std::size_t>(first + i)];
      if (block.first_row != lanes.block(first + i).first) ++wrong;
      if (block.samples.row(0)[20] != rows.samples().row(block.first_row)[20]) ++wrong;
      std::ranges::copy_n(block.outputs.data, block.outputs.rows * 10,
                          outputs.data() + block.first_row * 10);
    });
  }
  BOOST_TEST(wrong.load() == 0);
  BOOST_TEST(std::ranges::count(visits, 1) == lanes.blocks());
  BOOST_TEST(same_bits(outputs, evaluation.outputs));
}

BOOST_AUTO_TEST_CASE(metrics_are_given_in_the_order_asked_for) {
  ThreadTeam team(1);
  const auto network = digits_network(team);
  set_weights(*network, jax_state(100));
  const auto one = network->evaluate(*digits().test, {{0, 1}, 0}, 0).values;
  const auto other = network->evaluate(*digits().test, {{1, 0}, 0}, 0).values;
  BOOST_CHECK(one[0] == other[1]);
  BOOST_CHECK(one[1] == other[0]);
  BOOST_CHECK(network->evaluate(*digits().test, {{1}, 0}, 0).values[0] == one[1]);
}

BOOST_AUTO_TEST_CASE(a_metric_may_have_vectors_and_see_the_whole_split) {
  for (const int threads : {1, 3}) {
    ThreadTeam team(threads);
    train::Network::Components components{
        handle(make<Model>("mlp"), "mlp"),
        handle(make<Loss>("softmax_cross_entropy"), "softmax_cross_entropy"),
        {handle<Metric>(std::make_unique<ClassCounts>(), "class_counts"),
         handle(make<Metric>("loss"), "loss")}};
    auto description = train::describe(components.model, {8, 8}, 10);
    Network network(std::move(components), std::move(description), cut(8, 33), team, 0, 1347);
    set_weights(network, jax_state(100));
    const auto evaluation = network.evaluate(*digits().test, {{1, 0}, 5}, 0);
    const std::vector<double>& counts = evaluation.values[1];
    BOOST_REQUIRE(counts.size() == 12U);
    BOOST_TEST(counts[0] == 450);
    const auto targets = digits().test->targets().values<const std::int32_t>();
    for (std::int32_t k = 0; k < 10; ++k)
      BOOST_TEST(counts[static_cast<std::size_t>(k) + 1] ==
                 static_cast<double>(std::ranges::count(targets, k)));
    // The outputs of all rows, in their order, whichever thread computed them.
    BOOST_REQUIRE(evaluation.outputs.size() == 4500U);
    BOOST_TEST(counts[11] == double{evaluation.outputs[4499]});
  }
}

BOOST_AUTO_TEST_CASE(an_evaluation_knows_the_loss_to_the_bit) {
  ThreadTeam team(2);
  for (const LaneRule& rule : {LaneRule(), cut(3, 32), cut(7, 64)}) {
    const auto network = digits_network(team, rule);
    set_weights(*network, jax_state(100));
    const auto evaluation = network->evaluate(*digits().test, {{0, 1}, 0}, 100);
    BOOST_TEST(evaluation.loss > 0);
    BOOST_TEST(evaluation.loss == evaluation.values[0][0]);  // the metric `loss`
    BOOST_TEST(network->evaluate(*digits().test, {{1}, 0}, 100).loss == evaluation.loss);
  }
}

BOOST_AUTO_TEST_SUITE_END()
