// Compares the tutorial's network with JAX's own states: losses, gradients, test hits.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "assay/loss.h"
#include "tests/plugins/model/run.h"
#include "tests/support/reference.h"

using namespace assay;
using namespace assay::test;

namespace {

struct Split {
  std::vector<float> samples;  ///< [rows][64]
  std::vector<std::int32_t> targets;
  std::int64_t rows() const { return static_cast<std::int64_t>(targets.size()); }
};

Split read_split(const std::string& name) {
  const auto digits = read_csv(source_folder() + "/data/digits.csv");
  const auto split = read_json("split_seed0.json");
  Split result;
  for (const auto& row : split.at(name)) {
    const std::vector<double>& cells = digits.at(row.get<std::size_t>());
    for (std::size_t i = 0; i < 64; ++i) result.samples.push_back(static_cast<float>(cells[i]));
    result.targets.push_back(static_cast<std::int32_t>(cells[64]));
  }
  return result;
}

struct Measured {
  double loss = 0;
  int hits = 0;
};

/// Measures a split in blocks of `height` rows; also computes gradients of the mean loss in `run`
/// if asked.
Measured measure(ModelRun& run, const Loss& loss, const Split& split, std::int64_t height,
                 bool gradients) {
  Measured result;
  LossSum sum;
  const MatrixView<const float> samples{split.samples.data(), split.rows(), 64, 64};
  for (std::int64_t first = 0; first < split.rows(); first += height) {
    const std::int64_t rows = std::min(height, split.rows() - first);
    std::vector<float> z(static_cast<std::size_t>(rows) * 10), d(z.size());
    const MatrixView<float> outputs{z.data(), rows, 10, 10}, d_outputs{d.data(), rows, 10, 10};
    const ConstTensorView targets(split.targets.data() + first, DType::int32, {rows});
    run.forward(samples.slice(first, rows), outputs);
    if (gradients) {
      sum += loss.gradient(outputs, targets, d_outputs);
      run.backward(samples.slice(first, rows), d_outputs);
    } else {
      sum += loss.evaluate(outputs, targets);
    }
    for (std::int64_t r = 0; r < rows; ++r) {
      const auto row = outputs.row_span(r);
      result.hits += std::ranges::max_element(row) - row.begin() ==
                     split.targets[static_cast<std::size_t>(first + r)];
    }
  }
  result.loss = sum.sum / sum.weight;
  return result;
}

}  // namespace

BOOST_AUTO_TEST_CASE(from_the_states_of_jax) {
  const Split train = read_split("train"), test = read_split("test");
  BOOST_REQUIRE_EQUAL(train.rows(), 1347);
  BOOST_REQUIRE_EQUAL(test.rows(), 450);
  for (const InstructionSet set : instruction_sets()) {
    const auto loss = make<Loss>("softmax_cross_entropy", "{}", set);
    for (const int step : {0, 1, 10, 100, 1000, 3000}) {
      const auto state =
          read_safetensors(reference_file("state_step" + std::to_string(step) + ".safetensors"));
      const double train_loss = std::stod(state.metadata.at("train_loss"));
      const double test_loss = std::stod(state.metadata.at("test_loss"));
      const int hits = std::stoi(state.metadata.at("test_hits_of_450"));
      ModelRun run("{}", {8, 8}, 10, set);
      for (std::size_t i = 0; i < run.size(); ++i)
        std::ranges::copy(state.tensors.at(run.declared()[i].name).values,
                          run.parameter(i).begin());
      double worst_loss = 0, worst_gradient = 0;
      int worst_hits = 0;
      for (const std::int64_t height : {1, 7, 32, 64, 100, 450, 1347}) {
        run.clear_gradients();
        const Measured trained = measure(run, *loss, train, height, true);
        const Measured tested = measure(run, *loss, test, height, false);
        worst_loss = std::max({worst_loss, std::abs(trained.loss / train_loss - 1),
                               std::abs(tested.loss / test_loss - 1)});
        worst_hits = std::max(worst_hits, std::abs(tested.hits - hits));
        for (std::size_t i = 0; i < run.size(); ++i) {
          const auto& expected = state.tensors.at("gradient." + run.declared()[i].name).values;
          float largest = 0, worst = 0;
          for (std::size_t j = 0; j < expected.size(); ++j) {
            largest = std::max(largest, std::abs(expected[j]));
            worst = std::max(worst, std::abs(run.gradient(i)[j] / 1347 - expected[j]));
          }
          worst_gradient = std::max(worst_gradient, static_cast<double>(worst / largest));
        }
      }
      BOOST_TEST(worst_loss < 1e-5);
      BOOST_TEST(worst_gradient < 1e-4);
      BOOST_TEST(worst_hits <= 1);
      BOOST_TEST_MESSAGE(name_of(set)
                         << ", step " << step << ": losses off by " << worst_loss
                         << ", gradients by " << worst_gradient << ", hits by " << worst_hits);
    }
  }
}
