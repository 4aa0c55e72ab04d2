#include "runner/train/nan_hunt.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <limits>

#include "tests/support/handle.h"
#include "tests/train/digits_network.h"

using namespace assay;
using namespace assay::test;
using train::find_first_not_finite;

namespace {

constexpr float nan = std::numeric_limits<float>::quiet_NaN();
constexpr float infinity = std::numeric_limits<float>::infinity();

struct Hunt {
  Hunt() { set_weights(*network, jax_state(100)); }
  void put(const std::string& parameter, std::size_t element, float value) {
    const auto& parameters = network->description().parameters;
    const auto place = std::ranges::find(parameters, parameter, &train::ParameterInfo::name);
    network->weights().values(static_cast<std::size_t>(place - parameters.begin()))[element] =
        value;
  }
  std::string found(std::span<const std::int64_t> order = {}) {
    return find_first_not_finite(*network, {digits.train.get(), order}, 100).text;
  }
  /// Returns " (row 3 of the dataset)" for the row at this position of the training split.
  std::string at(std::int64_t position) const {
    return " (row " + std::to_string(digits.train->number(position)) + " of the dataset)";
  }
  Digits digits;
  train::ThreadTeam team{2};
  std::unique_ptr<train::Network> network = digits_network(team);
};

/// A dataset of two rows, one of which may contain a value that is not finite.
class Samples final : public Dataset {
 public:
  explicit Samples(float value) : value_(value) {}
  void describe(DatasetDescription& out) const override {
    out.samples(3, {8, 8});
    out.values({});
  }
  void read_samples(std::span<const std::int64_t> rows, MatrixView<float> out) const override {
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (rows[i] == 2) out.row(static_cast<std::int64_t>(i))[63] = value_;
  }
  void read_targets(std::span<const std::int64_t>, TensorView) const override {}

 private:
  float value_;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(nan_hunt, Hunt)

BOOST_AUTO_TEST_CASE(finite_layers_leave_the_loss) {
  BOOST_TEST(found() == "all layers are finite, but the loss itself is not");
}

BOOST_AUTO_TEST_CASE(the_first_layer_is_named_with_its_weights) {
  put("layer3.bias", 3, infinity);
  BOOST_TEST(found() == "the output of layer3 (Linear) is the first that is not finite" + at(0) +
                            "; layer3.bias is not finite either");
  put("layer2.kernel", 17, nan);
  BOOST_TEST(found() == "the output of layer2 (Linear) is the first that is not finite" + at(0) +
                            "; layer2.kernel is not finite either");
  put("layer1.bias", 99, nan);
  BOOST_TEST(found() == "the output of layer1 (Linear) is the first that is not finite" + at(0) +
                            "; layer1.bias is not finite either");
  put("layer1.kernel", 0, infinity);
  BOOST_TEST(found() == "the output of layer1 (Linear) is the first that is not finite" + at(0) +
                            "; layer1.kernel and layer1.bias are not finite either");
}

// Uses finite weights that overflow if a pixel is bright.
BOOST_AUTO_TEST_CASE(the_row_of_the_dataset_is_found_over_blocks_and_lanes) {
  constexpr std::size_t pixel = 16;  // of the 64, 0 in nearly all rows
  const auto samples = digits.train->samples();
  std::vector<std::int64_t> order, bright;
  for (std::int64_t row = 0; row < samples.rows; ++row)
    (samples.row(row)[pixel] == 0 ? order : bright).push_back(row);
  BOOST_REQUIRE(order.size() > 1000U);
  BOOST_REQUIRE(!bright.empty());
  order.insert(order.begin() + 777, bright[0]);
  put("layer1.kernel", pixel * 100, std::numeric_limits<float>::max());
  put("layer1.kernel", pixel * 100 + 1, std::numeric_limits<float>::max());
  const float value = samples.row(bright[0])[pixel];
  BOOST_TEST_MESSAGE("the pixel is " << value);
  BOOST_TEST(found(order) ==
             "the output of layer1 (Linear) is the first that is not finite" + at(bright[0]));
}

BOOST_AUTO_TEST_CASE(a_sample_is_found_first) {
  put("layer1.kernel", 0, nan);
  BOOST_TEST(!find_first_not_finite(*network, {digits.train.get(), {}}, 0).in_data);
  for (const float value : {nan, infinity}) {
    const auto dataset = handle<Dataset>(std::make_unique<Samples>(value), "samples");
    const auto rows =
        data::read(dataset, data::describe(dataset), std::vector<std::int64_t>{0, 2, 1});
    const std::string expected = "the sample of row 2 of the dataset, counted from 0, is " +
                                 std::string(value == infinity ? "infinite" : "NaN") + " at [7, 7]";
    const auto all = find_first_not_finite(*network, {&rows, {}}, 0);
    BOOST_TEST(all.text == expected);
    BOOST_TEST(all.in_data);
    const std::vector<std::int64_t> order = {0, 2, 1};
    BOOST_TEST(find_first_not_finite(*network, {&rows, order}, 0).text == expected);
  }
}

BOOST_AUTO_TEST_SUITE_END()
