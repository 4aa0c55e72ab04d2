#include "runner/data/not_finite.h"

#include <boost/test/unit_test.hpp>
#include <limits>
#include <map>
#include <memory>
#include <numeric>

#include "assay/plugin.h"
#include "tests/support/handle.h"

using namespace assay;
using namespace assay::test;

namespace {

constexpr float nan = std::numeric_limits<float>::quiet_NaN();
constexpr float infinity = std::numeric_limits<float>::infinity();

/// 100 rows of zeros, except for the given elements.
using Elements = std::map<std::pair<std::int64_t, std::int64_t>, float>;  // by row and column
struct Values {
  Elements samples = {}, targets = {};
  Shape sample_shape = {4}, target_shape = {2};
  bool shown = false;
};

class Given final : public Dataset {
 public:
  explicit Given(Values values) : values_(std::move(values)) {
    if (!values_.shown) return;
    const std::int64_t columns = values_.sample_shape.elements();
    all_.resize(static_cast<std::size_t>(100 * columns));
    std::vector<std::int64_t> rows(100);
    std::iota(rows.begin(), rows.end(), 0);
    write(rows, {all_.data(), 100, columns, columns});
  }
  void describe(DatasetDescription& out) const override {
    out.samples(100, values_.sample_shape);
    out.values(values_.target_shape);
  }
  void read_samples(std::span<const std::int64_t> rows, MatrixView<float> out) const override {
    write(rows, out);
  }
  void read_targets(std::span<const std::int64_t> rows, TensorView out) const override {
    const std::int64_t columns = values_.target_shape.elements();
    auto* const to = out.values<float>().data();
    for (std::size_t i = 0; i < rows.size(); ++i)
      for (std::int64_t k = 0; k < columns; ++k)
        to[static_cast<std::int64_t>(i) * columns + k] = at(values_.targets, rows[i], k);
  }
  MatrixView<const float> samples() const override {
    const std::int64_t columns = values_.sample_shape.elements();
    return all_.empty() ? MatrixView<const float>()
                        : MatrixView<const float>{all_.data(), 100, columns, columns};
  }

 private:
  static float at(const Elements& given, std::int64_t row, std::int64_t k) {
    const auto found = given.find({row, k});
    return found == given.end() ? 0 : found->second;
  }
  void write(std::span<const std::int64_t> rows, MatrixView<float> out) const {
    for (std::size_t i = 0; i < rows.size(); ++i)
      for (std::int64_t k = 0; k < out.columns; ++k)
        out.row(static_cast<std::int64_t>(i))[k] = at(values_.samples, rows[i], k);
  }

  Values values_;
  std::vector<float> all_;
};

/// Reads every third row, from the last to the first, with `limits` of memory.
data::Rows rows_of(const Values& values, const data::CopyLimits& limits = {}) {
  const auto dataset = handle<Dataset>(std::make_unique<Given>(values), "given");
  std::vector<std::int64_t> rows;
  for (std::int64_t row = 99; row >= 0; row -= 3) rows.push_back(row);
  return data::read(dataset, data::describe(dataset), std::move(rows), 0, limits);
}

std::string in_memory(const Values& values, const data::CopyLimits& limits = {}) {
  const auto found = data::find_not_finite_in_memory(rows_of(values, limits));
  return found ? data::described(*found) : "none";
}

std::string in(const Values& values, std::vector<std::int64_t> positions) {
  const auto found = data::find_not_finite(rows_of(values), positions);
  return found ? data::described(*found) : "none";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(not_finite)

BOOST_AUTO_TEST_CASE(positions_know_their_row_of_the_dataset) {
  for (const bool shown : {false, true})
    for (const data::CopyLimits& limits : {data::CopyLimits{}, data::CopyLimits{0, 0}}) {
      Values values;
      values.shown = shown;
      const data::Rows rows = rows_of(values, limits);
      for (std::int64_t i = 0; i < rows.count; ++i) BOOST_TEST(rows.number(i) == 99 - 3 * i);
    }
}

BOOST_AUTO_TEST_CASE(finite_data_is_left_alone) {
  BOOST_TEST(in_memory({}) == "none");
  BOOST_TEST(in({}, {}) == "none");
}

BOOST_AUTO_TEST_CASE(the_row_of_the_dataset_and_the_column_are_named) {
  const Values sample{.samples = {{{78, 3}, nan}}};
  const std::string expected =
      "the sample of row 78 of the dataset, counted from 0, is NaN in column 3";
  BOOST_TEST(in_memory(sample) == expected);
  BOOST_TEST(in(sample, {}) == expected);
  BOOST_TEST(in(sample, {20, 7, 2}) == expected);
  BOOST_TEST(in(sample, {20, 2}) == "none");
  BOOST_TEST(in_memory({.samples = {{{0, 5}, -infinity}}, .sample_shape = {2, 3}}) ==
             "the sample of row 0 of the dataset, counted from 0, is infinite at [1, 2]");
}

BOOST_AUTO_TEST_CASE(targets_are_looked_at_as_well) {
  BOOST_TEST(in_memory({.targets = {{{9, 1}, infinity}}}) ==
             "the target of row 9 of the dataset, counted from 0, is infinite in column 1");
  BOOST_TEST(in({.targets = {{{9, 0}, nan}}, .target_shape = {}}, {30}) ==
             "the target of row 9 of the dataset, counted from 0, is NaN");
}

BOOST_AUTO_TEST_CASE(the_first_of_several_rows_is_named_and_the_others_are_counted) {
  const Values values{.samples = {{{90, 0}, nan}, {{90, 1}, nan}, {{12, 1}, nan}, {{13, 1}, nan}},
                      .targets = {{{15, 0}, nan}}};
  BOOST_TEST(in_memory(values) ==
             "the sample of row 12 of the dataset, counted from 0, is NaN in column 1");
  BOOST_TEST(data::find_not_finite_in_memory(rows_of(values))->rows == 3);
}

BOOST_AUTO_TEST_CASE(what_was_not_read_is_not_looked_at) {
  const Values sample{.samples = {{{78, 3}, nan}}};
  BOOST_TEST(in_memory(sample, {0, 0}) == "none");
  Values both = sample;
  both.targets = {{{81, 0}, nan}};
  BOOST_TEST(in_memory(both, {0, 0}).starts_with("the target of row 81 "));
}

BOOST_AUTO_TEST_SUITE_END()
