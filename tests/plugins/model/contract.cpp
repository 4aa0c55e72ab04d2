// Tests the guarantees for a host: names and shapes, blocks together or apart, parts, the probe,
// NaN.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>

#include "assay/error.h"
#include "tests/plugins/model/run.h"

using namespace assay;
using namespace assay::test;

namespace {

constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

std::vector<float> outputs_of(ModelRun& run, std::span<const float> x, std::int64_t rows,
                              std::int64_t outputs, Probe* probe = nullptr) {
  std::vector<float> y(static_cast<std::size_t>(rows * outputs));
  const std::int64_t inputs = static_cast<std::int64_t>(x.size()) / rows;
  run.forward({x.data(), rows, inputs, inputs}, {y.data(), rows, outputs, outputs}, probe);
  return y;
}

float largest_difference(std::span<const float> a, std::span<const float> b) {
  float worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i) worst = std::max(worst, std::abs(a[i] - b[i]));
  return worst;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(contract)

BOOST_AUTO_TEST_CASE(declares_parameters_and_layers) {
  const ModelRun run(
      "{hidden: [100, 50], activation: tanh, init: {kernel: he_uniform, bias: ones}}", {8, 8}, 10,
      InstructionSet::generic);
  const std::vector<std::string> names = {"layer1.kernel", "layer1.bias",   "layer2.kernel",
                                          "layer2.bias",   "layer3.kernel", "layer3.bias"};
  const std::vector<Shape> shapes = {{64, 100}, {100}, {100, 50}, {50}, {50, 10}, {10}};
  BOOST_REQUIRE_EQUAL(run.size(), names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    BOOST_TEST(run.declared()[i].name == names[i]);
    BOOST_TEST((run.declared()[i].shape == shapes[i]));
    BOOST_TEST((run.declared()[i].role == (i % 2 == 0 ? Role::kernel : Role::bias)));
    BOOST_TEST((run.declared()[i].initializer ==
                (i % 2 == 0 ? Initializer::he_uniform : Initializer::ones)));
  }
  BOOST_REQUIRE_EQUAL(run.layers().size(), 3);
  BOOST_TEST(run.layers()[0].name == "layer1");
  BOOST_TEST(run.layers()[0].operation == "Linear");
  BOOST_TEST(run.layers()[0].activation == "tanh");
  BOOST_TEST(run.layers()[2].activation == "");
  BOOST_TEST((run.layers()[0].input == Shape{8, 8}));
  BOOST_TEST((run.layers()[2].input == Shape{50}));
  BOOST_TEST((run.layers()[2].output == Shape{10}));
  BOOST_TEST(run.layers()[1].parameters == (std::vector<int>{2, 3}),
             boost::test_tools::per_element());
  BOOST_TEST(run.model().block_rows() == 64);
}

BOOST_AUTO_TEST_CASE(every_initializer_and_default) {
  const std::vector<std::string> words = {"zeros",         "ones",          "lecun_normal",
                                          "lecun_uniform", "he_normal",     "he_uniform",
                                          "glorot_normal", "glorot_uniform"};
  for (std::size_t i = 0; i < words.size(); ++i) {
    const ModelRun run("{init: {kernel: " + words[i] + ", bias: zeros}}", {4}, 2,
                       InstructionSet::generic);
    BOOST_TEST((run.declared()[0].initializer == static_cast<Initializer>(i)), words[i]);
  }
  const ModelRun linear("{hidden: []}", {4}, 2, InstructionSet::generic);
  BOOST_TEST(linear.size() == 2);
  const ModelRun wide("{hidden: [257]}", {4}, 2, InstructionSet::generic);
  BOOST_TEST(wide.model().block_rows() == 128);
}

BOOST_AUTO_TEST_CASE(rows_together_or_apart) {
  constexpr std::int64_t rows = 150;
  const auto x = numbers(rows * 64, 3, 4), d = numbers(rows * 10, 4, 1);
  for (const InstructionSet set : instruction_sets()) {
    ModelRun run("{}", {64}, 10, set);
    run.fill_parameters(5);
    const auto whole = outputs_of(run, x, rows, 10);
    run.backward({x.data(), rows, 64, 64}, {d.data(), rows, 10, 10});
    std::vector<std::vector<float>> gradients;
    for (std::size_t i = 0; i < run.size(); ++i)
      gradients.emplace_back(run.gradient(i).begin(), run.gradient(i).end());
    float worst = 0;
    for (const std::int64_t height : {1, 7, 32, 64, 149}) {
      run.clear_gradients();
      for (std::int64_t first = 0; first < rows; first += height) {
        const std::int64_t count = std::min(height, rows - first);
        const auto part = std::span(x).subspan(static_cast<std::size_t>(first * 64),
                                               static_cast<std::size_t>(count * 64));
        const auto y = outputs_of(run, part, count, 10);
        // This holds exactly, not only up to rounding: a row's outputs do not depend on its block.
        BOOST_TEST(std::memcmp(y.data(), whole.data() + first * 10, y.size() * sizeof(float)) == 0);
        run.backward({part.data(), count, 64, 64}, {d.data() + first * 10, count, 10, 10});
      }
      for (std::size_t i = 0; i < run.size(); ++i) {
        const float largest = std::abs(*std::ranges::max_element(
            gradients[i], {}, [](float value) { return std::abs(value); }));
        worst = std::max(worst, largest_difference(run.gradient(i), gradients[i]) / largest);
      }
    }
    BOOST_TEST(worst < 2e-6F);
    BOOST_TEST_MESSAGE(name_of(set) << ": gradients of blocks differ by " << worst);
  }
}

BOOST_AUTO_TEST_CASE(repeats_to_the_bit_and_adds_to_gradients_or_sets_them) {
  const auto x = numbers(64 * 64, 3, 4), d = numbers(64 * 10, 4, 1);
  for (const InstructionSet set : instruction_sets()) {
    ModelRun run("{activation: gelu}", {64}, 10, set);
    run.fill_parameters(5);
    const auto backward = [&] { run.backward({x.data(), 64, 64, 64}, {d.data(), 64, 10, 10}); };
    const auto first = outputs_of(run, x, 64, 10);
    backward();
    const std::vector<float> once(run.gradient(0).begin(), run.gradient(0).end());
    BOOST_TEST((outputs_of(run, x, 64, 10) == first));
    backward();
    for (std::size_t i = 0; i < once.size(); ++i)
      BOOST_REQUIRE_EQUAL(run.gradient(0)[i], once[i] + once[i]);
    // The previous content of the gradients does not matter if they are to be set.
    BOOST_TEST(run.model().sets_gradients());
    for (std::size_t i = 0; i < run.size(); ++i) std::ranges::fill(run.gradient(i), not_a_number);
    run.backward({x.data(), 64, 64, 64}, {d.data(), 64, 10, 10}, true);
    BOOST_TEST(std::ranges::equal(run.gradient(0), once));
    for (std::size_t i = 0; i < run.size(); ++i)
      BOOST_TEST(std::ranges::none_of(run.gradient(i), [](float g) { return std::isnan(g); }));
  }
}

BOOST_AUTO_TEST_CASE(instruction_sets_agree) {
  constexpr std::int64_t rows = 64;
  const auto x = numbers(rows * 64, 3, 4), d = numbers(rows * 10, 4, 1);
  for (const std::string activation : {"selu", "relu", "gelu", "tanh", "sigmoid", "identity"}) {
    const std::string options = "{activation: " + activation + "}";
    ModelRun generic(options, {64}, 10, InstructionSet::generic);
    generic.fill_parameters(5);
    const auto expected = outputs_of(generic, x, rows, 10);
    generic.backward({x.data(), rows, 64, 64}, {d.data(), rows, 10, 10});
    for (const InstructionSet set : instruction_sets()) {
      ModelRun run(options, {64}, 10, set);
      run.fill_parameters(5);
      const float outputs = largest_difference(outputs_of(run, x, rows, 10), expected);
      run.backward({x.data(), rows, 64, 64}, {d.data(), rows, 10, 10});
      float gradients = 0;
      for (std::size_t i = 0; i < run.size(); ++i)
        gradients = std::max(gradients, largest_difference(run.gradient(i), generic.gradient(i)) /
                                            std::ranges::max(generic.gradient(i)));
      BOOST_TEST(outputs < 1e-5F);
      BOOST_TEST(gradients < 1e-5F);
      BOOST_TEST_MESSAGE(activation << ", " << name_of(set) << " and generic differ by " << outputs
                                    << " in outputs, by " << gradients << " in gradients");
    }
  }
}

BOOST_AUTO_TEST_CASE(probe_sees_every_layer) {
  class Recorder final : public Probe {
   public:
    void output(int layer, MatrixView<const float> values) override {
      for (std::int64_t r = 0; r < values.rows; ++r)
        seen[layer].insert(seen[layer].end(), values.row(r), values.row(r) + values.columns);
    }
    std::map<int, std::vector<float>> seen;
  };
  constexpr std::int64_t rows = 19;
  const auto x = numbers(rows * 5, 3, 1);
  for (const InstructionSet set : instruction_sets()) {
    ModelRun run("{hidden: [23, 6], activation: selu}", {5}, 3, set);
    run.fill_parameters(5);
    Recorder recorder;
    const auto y = outputs_of(run, x, rows, 3, &recorder);
    BOOST_REQUIRE_EQUAL(recorder.seen.size(), 3);
    BOOST_TEST((recorder.seen[2] == y));
    // Feeding the output of a layer to a model of the remaining layers gives the same outputs.
    BOOST_REQUIRE_EQUAL(recorder.seen[0].size(), rows * 23);
    ModelRun rest("{hidden: [6], activation: selu}", {23}, 3, set);
    for (std::size_t i = 0; i < rest.size(); ++i)
      std::ranges::copy(run.parameter(i + 2), rest.parameter(i).begin());
    BOOST_TEST((outputs_of(rest, recorder.seen[0], rows, 3) == y));
    ModelRun last("{hidden: []}", {6}, 3, set);
    for (std::size_t i = 0; i < last.size(); ++i)
      std::ranges::copy(run.parameter(i + 4), last.parameter(i).begin());
    BOOST_TEST((outputs_of(last, recorder.seen[1], rows, 3) == y));
  }
}

BOOST_AUTO_TEST_CASE(nan_stays_in_its_row_and_is_never_swallowed) {
  constexpr std::int64_t rows = 21;
  auto x = numbers(rows * 5, 3, 1);
  x[7 * 5 + 2] = not_a_number;
  const auto d = numbers(rows * 3, 4, 1);
  for (const InstructionSet set : instruction_sets()) {
    for (const std::string activation : {"selu", "relu", "gelu", "tanh", "sigmoid", "identity"}) {
      ModelRun run("{hidden: [9], activation: " + activation + "}", {5}, 3, set);
      run.fill_parameters(5);
      const auto y = outputs_of(run, x, rows, 3);
      for (std::size_t i = 0; i < y.size(); ++i)
        BOOST_TEST(std::isnan(y[i]) == (i / 3 == 7), name_of(set) << ", " << activation);
      run.backward({x.data(), rows, 5, 5}, {d.data(), rows, 3, 3});
      BOOST_TEST(std::isnan(run.gradient(0)[2 * 9]));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_block_without_rows) {
  ModelRun run("{}", {5}, 3, InstructionSet::generic);
  run.fill_parameters(5);
  float nothing = 0;
  run.forward({&nothing, 0, 5, 5}, {&nothing, 0, 3, 3});
  run.backward({&nothing, 0, 5, 5}, {&nothing, 0, 3, 3});
  BOOST_TEST(std::ranges::count(run.gradient(0), 0.0F) == 500);
}

BOOST_AUTO_TEST_CASE(activations_far_out) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  const std::vector<float> x = {-infinity, -1e30F, -200, -100, -20, 20, 100, 200, 1e30F, infinity};
  const auto rows = static_cast<std::int64_t>(x.size());
  const float floor = -1.7580993408473766F;  // - scale * alpha of selu
  const std::map<std::string, std::vector<float>> expected = {
      {"selu",
       {floor, floor, floor, floor, floor, 21.014019747F, 105.070098736F, 210.140197471F,
        1.0507009874e30F, infinity}},
      {"relu", {0, 0, 0, 0, 0, 20, 100, 200, 1e30F, infinity}},
      {"tanh", {-1, -1, -1, -1, -1, 1, 1, 1, 1, 1}},
      {"sigmoid", {0, 0, 0, 3.720076e-44F, 2.0611537e-9F, 1, 1, 1, 1, 1}},
      {"identity", x}};
  for (const InstructionSet set : instruction_sets()) {
    for (const auto& [activation, values] : expected) {
      ModelRun run("{hidden: [1], activation: " + activation + "}", {1}, 1, set);
      run.parameter(0)[0] = run.parameter(2)[0] = 1;
      const auto y = outputs_of(run, x, rows, 1);
      for (std::size_t i = 0; i < x.size(); ++i)
        BOOST_TEST(
            (y[i] == values[i] || std::abs(y[i] - values[i]) <= 3e-7F * std::abs(values[i]) ||
             std::abs(y[i] - values[i]) < 1e-43F),
            activation << "(" << x[i] << ") = " << y[i] << ", not " << values[i]);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
