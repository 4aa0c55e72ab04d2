#define BOOST_TEST_MODULE metric
#include "assay/metric.h"

#include <boost/test/unit_test.hpp>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/component.h"
#include "tests/support/reference.h"

using assay::Metric;
using assay::test::make;

namespace {

constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();
constexpr float infinity = std::numeric_limits<float>::infinity();

/// Adds a block to the state, with `columns` outputs per row and rows `stride` apart.
void accumulate(const Metric& metric, std::vector<double>& state, const std::vector<float>& outputs,
                std::int64_t columns, std::int64_t stride,
                const std::vector<std::int32_t>& classes) {
  const auto rows = static_cast<std::int64_t>(classes.size());
  metric.accumulate({.outputs = {outputs.data(), rows, columns, stride},
                     .targets = {classes.data(), assay::DType::int32, {rows}},
                     .loss = {}},
                    state);
}

double value_of(const Metric& metric, const std::vector<double>& state) {
  double value = 0;
  metric.evaluate({.state = state}, std::span(&value, 1));
  return value;
}

double accuracy(const std::vector<float>& outputs, const std::vector<std::int32_t>& classes) {
  const auto metric = make<Metric>("accuracy");
  std::vector<double> state(metric->state_size());
  accumulate(*metric, state, outputs, 3, 3, classes);
  return value_of(*metric, state);
}

}  // namespace

BOOST_AUTO_TEST_CASE(accuracy_counts_the_first_largest_output) {
  BOOST_TEST(accuracy({1, 3, 2, 5, 4, 4, 0, 1, 2}, {1, 0, 0}) == 2.0 / 3);
  BOOST_TEST(accuracy({7, 7, 7}, {0}) == 1);
  BOOST_TEST(accuracy({7, 7, 7}, {1}) == 0);
  BOOST_TEST(accuracy({-infinity, -1, infinity}, {2}) == 1);
  BOOST_TEST(accuracy({-infinity, -infinity, -infinity}, {0}) == 1);
}

BOOST_AUTO_TEST_CASE(a_row_with_a_nan_is_wrong) {
  for (std::int32_t label : {0, 1, 2}) {
    BOOST_TEST(accuracy({not_a_number, 1, 2}, {label}) == 0);
    BOOST_TEST(accuracy({1, not_a_number, 2}, {label}) == 0);
    BOOST_TEST(accuracy({not_a_number, not_a_number, not_a_number}, {label}) == 0);
  }
}

BOOST_AUTO_TEST_CASE(accuracy_of_blocks_with_a_stride_and_merged) {
  const auto metric = make<Metric>("accuracy");
  std::vector<double> state(metric->state_size());
  std::vector<double> other(metric->state_size());
  accumulate(*metric, state, {0, 1, 99, 1, 0, 99}, 2, 3, {1, 1});
  accumulate(*metric, state, {0, 1, 99}, 2, 3, {1});
  accumulate(*metric, other, {5, 4, 99}, 2, 3, {0});
  metric->merge(state, other);
  BOOST_TEST(value_of(*metric, state) == 0.75);
}

BOOST_AUTO_TEST_CASE(accuracy_of_jaxs_logits_against_jaxs_predictions) {
  const auto rows = assay::test::read_csv(assay::test::reference_file("final_logits_first35.csv"));
  const auto metric = make<Metric>("accuracy");
  std::vector<double> state(metric->state_size());
  std::vector<float> outputs;
  for (const std::vector<double>& row : rows)
    for (double x : row) outputs.push_back(static_cast<float>(x));
  const nlohmann::json predictions = assay::test::read_json("test_predictions.json");
  auto classes = predictions["3000"].get<std::vector<std::int32_t>>();
  classes.resize(rows.size());
  const auto columns = static_cast<std::int64_t>(rows.front().size());
  accumulate(*metric, state, outputs, columns, columns, classes);
  BOOST_TEST(value_of(*metric, state) == 1);
}

BOOST_AUTO_TEST_CASE(accuracy_needs_classes) {
  const auto metric = make<Metric>("accuracy");
  metric->prepare({.dtype = assay::DType::int32, .shape = {}, .classes = 10});
  BOOST_CHECK_EXCEPTION(metric->prepare({.dtype = assay::DType::float32, .shape = {2}}),
                        std::exception, [](const std::exception& error) {
                          return std::string(error.what()).starts_with("accuracy counts");
                        });
}

BOOST_AUTO_TEST_CASE(loss_is_the_weighted_mean_of_the_blocks) {
  const auto metric = make<Metric>("loss");
  metric->prepare({.dtype = assay::DType::float32, .shape = {2}});
  std::vector<double> state(metric->state_size());
  std::vector<double> other(metric->state_size());
  metric->accumulate({.outputs = {}, .targets = {}, .loss = {.sum = 6, .weight = 3}}, state);
  metric->accumulate({.outputs = {}, .targets = {}, .loss = {.sum = 1, .weight = 1}}, state);
  metric->accumulate({.outputs = {}, .targets = {}, .loss = {.sum = 1, .weight = 4}}, other);
  metric->merge(state, other);
  BOOST_TEST(value_of(*metric, state) == 1);
}
