#define BOOST_TEST_MODULE transform
#include "assay/transform.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "assay/fits.h"
#include "runner/state/component_state.h"
#include "tests/support/component.h"
#include "tests/support/handle.h"
#include "tests/support/reference.h"

using namespace assay;
using namespace assay::test;

namespace {

constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();
constexpr float infinity = std::numeric_limits<float>::infinity();

struct Matrix {
  std::int64_t columns;
  std::vector<float> values;

  MatrixView<const float> view() const {
    return {values.data(), static_cast<std::int64_t>(values.size()) / columns, columns, columns};
  }
};

/// Reads rows of numbers, with null for NaN.
Matrix matrix(const nlohmann::json& rows) {
  Matrix matrix{static_cast<std::int64_t>(rows.at(0).size()), {}};
  for (const auto& row : rows)
    for (const auto& value : row)
      matrix.values.push_back(value.is_null() ? not_a_number : value.get<float>());
  return matrix;
}

/// The transform with its state, fitted to samples.
class Fitted {
 public:
  Fitted(const std::string& options, const Matrix& samples, std::int64_t height)
      : transform_(handle(make<Transform>("standardize", options), "standardize")) {
    transform_.call([&](Transform& t) { t.shape({samples.columns}); });
    state_.declare(transform_.object(), "state");
    const MatrixView<const float> all = samples.view();
    transform_.call_facet<Fits>([&](Fits& fits) {
      for (std::int64_t first = 0; first < all.rows; first += height)
        fits.fit(all.slice(first, std::min(height, all.rows - first)), {});
      fits.fitted();
    });
  }
  std::vector<float> transformed(const Matrix& samples) const {
    std::vector<float> result(samples.values.size());
    const MatrixView<const float> x = samples.view();
    transform_.call([&](const Transform& t) {
      t.apply({}, x, {result.data(), x.rows, x.columns, x.columns});
    });
    return result;
  }

 private:
  plugin_host::Handle<Transform> transform_;
  state::ComponentState state_;
};

/// Returns the largest difference, relative to numbers above 1; infinity where one alone is NaN.
double worst(const std::vector<float>& found, const nlohmann::json& rows) {
  double worst = 0;
  std::size_t i = 0;
  for (const auto& row : rows)
    for (const auto& value : row) {
      const double is = double{found.at(i++)};
      if (value.is_null() != std::isnan(is)) return std::numeric_limits<double>::infinity();
      if (value.is_null()) continue;
      const double wanted = value.get<double>();
      worst = std::max(worst, std::abs(is - wanted) / std::max(1.0, std::abs(wanted)));
    }
  return worst;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(standardize)

BOOST_AUTO_TEST_CASE(equals_scikit_learn) {
  const auto reference = read_json("standardize.json");
  const Matrix samples = matrix(reference.at("samples")), other = matrix(reference.at("other"));
  for (const auto& expected : reference.at("cases")) {
    const std::string options = "{with_mean: " + expected.at("with_mean").dump() +
                                ", with_std: " + expected.at("with_std").dump() + "}";
    const Fitted fitted(options, samples, 1000);
    const double off = worst(fitted.transformed(samples), expected.at("samples"));
    const double off_other = worst(fitted.transformed(other), expected.at("other"));
    BOOST_TEST_MESSAGE(options << ": off by " << off << " and " << off_other);
    BOOST_TEST(off <= 1e-6);
    BOOST_TEST(off_other <= 1e-6);
  }
}

// NaN is no part of these samples: two NaN are not equal.
BOOST_AUTO_TEST_CASE(the_height_of_the_blocks_changes_no_bit) {
  Matrix samples = matrix(read_json("standardize.json").at("samples"));
  std::ranges::replace_if(
      samples.values, [](float x) { return std::isnan(x); }, 0.25F);
  const std::vector<float> whole = Fitted("{}", samples, 1000).transformed(samples);
  for (const std::int64_t height : {1, 7, 64})
    BOOST_TEST(Fitted("{}", samples, height).transformed(samples) == whole);
}

BOOST_AUTO_TEST_CASE(features_without_a_mean_are_named) {
  const auto says = [](const std::string& text) {
    return [text](const plugin_host::ComponentError& error) { return error.message() == text; };
  };
  const Matrix with_infinity{2, {1, 2, 3, infinity}},
      all_nan{2, {not_a_number, 2, not_a_number, 4}};
  BOOST_CHECK_EXCEPTION(Fitted("{}", with_infinity, 1), plugin_host::ComponentError,
                        says("element 1 of the samples, counted from 0, is infinite in a training "
                             "row: it has no mean; fix the data or leave the element out"));
  BOOST_CHECK_EXCEPTION(Fitted("{}", all_nan, 1), plugin_host::ComponentError,
                        says("element 0 of the samples, counted from 0, is NaN in all training "
                             "rows: it has no mean; fix the data or leave the element out"));
}

BOOST_AUTO_TEST_SUITE_END()
