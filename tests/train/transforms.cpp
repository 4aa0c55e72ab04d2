#include "runner/train/transforms.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "assay/error.h"
#include "assay/loss.h"
#include "runner/train/fit.h"
#include "runner/train/nan_hunt.h"
#include "tests/support/component.h"
#include "tests/support/handle.h"
#include "tests/train/digits_network.h"

using namespace assay;
using namespace assay::test;
using train::Network;
using train::Transforms;

namespace {

const Digits& digits() {
  static const Digits digits;
  return digits;
}

/// Multiplies by a power of two and adds whole numbers, which are exact, in training: the key's
/// last digits, the step and the row.
class Marked final : public Transform {
 public:
  explicit Marked(float factor) : factor_(factor) {}
  Shape shape(const Shape& sample) override { return {sample.elements()}; }
  void apply(const TransformPass& pass, MatrixView<const float> x,
             MatrixView<float> y) const override {
    for (std::int64_t r = 0; r < x.rows; ++r)
      for (std::int64_t i = 0; i < x.columns; ++i)
        y.row(r)[i] = marked(factor_, pass, pass.first_row + r, x.row(r)[i]);
  }
  static float marked(float factor, const TransformPass& pass, std::int64_t row, float x) {
    if (pass.mode == Mode::evaluation) return factor * x;
    return factor * x + static_cast<float>(pass.key % 4) + static_cast<float>(pass.step + row % 5);
  }

 private:
  float factor_;
};

/// Leaves the first columns only.
class Cut final : public Transform {
 public:
  explicit Cut(std::int64_t columns) : columns_(columns) {}
  Shape shape(const Shape& sample) override {
    if (sample.elements() < columns_) throw Error("there are too few");
    return {columns_};
  }
  void apply(const TransformPass&, MatrixView<const float> x, MatrixView<float> y) const override {
    for (std::int64_t r = 0; r < x.rows; ++r) std::copy_n(x.row(r), y.columns, y.row(r));
  }

 private:
  std::int64_t columns_;
};

/// Divides by numbers that may be zero.
class Inverse final : public Transform {
 public:
  Shape shape(const Shape& sample) override { return sample; }
  void apply(const TransformPass&, MatrixView<const float> x, MatrixView<float> y) const override {
    for (std::int64_t r = 0; r < x.rows; ++r)
      for (std::int64_t i = 0; i < x.columns; ++i) y.row(r)[i] = 1 / (1 - x.row(r)[i]);
  }
};

/// Rows of any numbers and classes.
class Given final : public Dataset {
 public:
  Given(std::vector<float> values, std::vector<std::int32_t> classes, const Shape& shape)
      : values_(std::move(values)), classes_(std::move(classes)), shape_(shape) {}
  void describe(DatasetDescription& out) const override {
    out.samples(static_cast<std::int64_t>(classes_.size()), shape_);
    const std::vector<std::string_view> names(10, "class");
    out.classes(names);
  }
  void read_samples(std::span<const std::int64_t> rows, MatrixView<float> out) const override {
    for (std::size_t i = 0; i < rows.size(); ++i)
      std::copy_n(values_.data() + rows[i] * out.columns, out.columns,
                  out.row(static_cast<std::int64_t>(i)));
  }
  void read_targets(std::span<const std::int64_t> rows, TensorView out) const override {
    std::ranges::transform(rows, out.values<std::int32_t>().begin(), [&](std::int64_t row) {
      return classes_[static_cast<std::size_t>(row)];
    });
  }

 private:
  std::vector<float> values_;
  std::vector<std::int32_t> classes_;
  Shape shape_;
};

data::Rows rows_of(std::vector<float> values, std::vector<std::int32_t> classes, const Shape& shape,
                   const data::CopyLimits& limits = {}) {
  std::vector<std::int64_t> all(classes.size());
  std::iota(all.begin(), all.end(), 0);
  const auto dataset = handle<Dataset>(
      std::make_unique<Given>(std::move(values), std::move(classes), shape), "given");
  return data::read(dataset, data::describe(dataset), std::move(all), 0, limits);
}

/// Two transforms: 8x8 -> 64 -> 40.
Transforms chain(std::uint64_t seed = 0) {
  Transforms transforms({8, 8}, seed);
  transforms.add(handle<Transform>(std::make_unique<Marked>(0.5F), "marked"));
  transforms.add(handle<Transform>(std::make_unique<Cut>(40), "cut"));
  return transforms;
}

/// Returns the rows at these positions as chain() leaves them, computed here.
data::Rows transformed(const data::Rows& rows, std::span<const std::int64_t> order,
                       const TransformPass& pass) {
  std::vector<float> values;
  std::vector<std::int32_t> classes;
  for (std::size_t r = 0; r < order.size(); ++r) {
    for (std::int64_t i = 0; i < 40; ++i)
      values.push_back(Marked::marked(0.5F, pass, static_cast<std::int64_t>(r),
                                      rows.samples().row(order[r])[i]));
    classes.push_back(
        rows.targets().values<const std::int32_t>()[static_cast<std::size_t>(order[r])]);
  }
  return rows_of(std::move(values), std::move(classes), {40});
}

std::unique_ptr<Network> network(train::ThreadTeam& team, Transforms transforms,
                                 std::int64_t columns = 40) {
  Network::Components components{
      handle(make<Model>("mlp", "{hidden: [12]}"), "mlp"),
      handle(make<Loss>("softmax_cross_entropy"), "softmax_cross_entropy"),
      {handle(make<Metric>("loss"), "loss"), handle(make<Metric>("accuracy"), "accuracy")},
      std::move(transforms)};
  auto description = train::describe(components.model, {columns}, 10);
  train::LaneRule rule;
  rule.lanes = 3;
  rule.block_rows = 16;
  auto made =
      std::make_unique<Network>(std::move(components), std::move(description), rule, team, 0, 1347);
  for (std::size_t p = 0; p < made->description().parameters.size(); ++p)
    for (std::size_t i = 0; float& weight : made->weights().values(p))
      weight = static_cast<float>(i++ * 37 % 101) * 0.001F - 0.05F;
  return made;
}

bool same_bits(const LossSum& a, const LossSum& b) {
  return a.sum == b.sum && a.weight == b.weight;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(transforms)

// The values are jax.random.fold_in's, of JAX 0.10.2.
BOOST_AUTO_TEST_CASE(keys_follow_from_the_seed_and_the_position) {
  BOOST_TEST(chain().key(0) == 0x0581d60bdb6bbe80U);
  BOOST_TEST(chain().key(1) == 0x157e09dfb5425d12U);
  BOOST_TEST(chain().key(2) == 0x2087fe198935d985U);
  BOOST_TEST(chain(7).key(0) == 0x0414352f10d2ded1U);
  BOOST_TEST(chain((std::uint64_t{3} << 32) + 5).key(1) == 0x0ce5eddf54f21dbdU);
}

BOOST_AUTO_TEST_CASE(shapes_follow_each_other) {
  const Transforms transforms = chain();
  BOOST_CHECK(transforms.shape(0) == Shape({8, 8}));
  BOOST_CHECK(transforms.shape(1) == Shape({64}));
  BOOST_CHECK(transforms.shape() == Shape({40}));
  Transforms short_one({20}, 0);
  BOOST_CHECK_EXCEPTION(short_one.add(handle<Transform>(std::make_unique<Cut>(21), "cut")),
                        plugin_host::ComponentError, [](const std::exception& error) {
                          return std::string(error.what()) == "transform cut: there are too few";
                        });
  BOOST_CHECK_EXCEPTION(short_one.add(handle<Transform>(std::make_unique<Cut>(-3), "cut")), Error,
                        [](const std::exception& error) {
                          return std::string(error.what()) ==
                                 "transform cut: transformed samples of shape -3 are not possible; "
                                 "expected dimensions of 1 "
                                 "or more, and no more than 2^56 elements in all";
                        });
  BOOST_TEST(short_one.empty());
}

// A plain network computes the same bits of rows that were transformed beforehand.
BOOST_AUTO_TEST_CASE(batches_are_transformed_row_by_row) {
  const std::int64_t step = 9;
  std::vector<std::int64_t> order(250), all(1347);
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<std::int64_t>(i * 7 % 1347);
  std::iota(all.begin(), all.end(), 0);
  const TransformPass pass{Mode::training, chain().key(0), step, 0};
  for (const bool whole : {false, true}) {
    const data::Rows plain = transformed(*digits().train, whole ? all : order, pass);
    for (const int threads : {1, 2, 3}) {
      train::ThreadTeam team(threads);
      const auto with = network(team, chain()), without = network(team, {});
      const std::span<const std::int64_t> positions = whole ? std::span<std::int64_t>() : order;
      const LossSum found = with->gradient({digits().train.get(), positions}, step);
      const LossSum expected = without->gradient({&plain, {}}, step);
      BOOST_TEST(same_bits(found, expected));
      BOOST_TEST((mean_gradient(*with, 1) == mean_gradient(*without, 1)));
    }
  }
}

BOOST_AUTO_TEST_CASE(evaluations_transform_in_evaluation_mode) {
  std::vector<std::int64_t> all(450);
  std::iota(all.begin(), all.end(), 0);
  const data::Rows plain = transformed(*digits().test, all, {Mode::evaluation});
  train::ThreadTeam team(2);
  const auto with = network(team, chain()), without = network(team, {});
  const auto found = with->evaluate(*digits().test, {{0, 1}, 100, 70}, 9);
  const auto expected = without->evaluate(plain, {{0, 1}, 100, 70}, 9);
  BOOST_TEST((found.values == expected.values));
  BOOST_TEST((found.outputs == expected.outputs));
  BOOST_TEST(found.outputs.size() == 1000U);
  // Hooks look at these samples; without transforms they look at the split itself.
  BOOST_REQUIRE(found.samples.size() == 70U * 40U);
  BOOST_TEST(std::equal(found.samples.begin(), found.samples.end(), plain.samples().data));
  BOOST_TEST(expected.samples.empty());
}

BOOST_AUTO_TEST_CASE(their_memory_is_counted) {
  train::ThreadTeam team(1);
  const std::size_t plain = network(team, {})->bench_bytes(16);
  // Samples of 64 in place of 40, one buffer of 64 and one of 40.
  BOOST_TEST(network(team, chain())->bench_bytes(16) == plain + 16 * (64 - 40 + 64 + 40) * 4);
}

BOOST_AUTO_TEST_CASE(a_value_that_a_transform_makes_is_told_with_its_name) {
  std::vector<float> values(20 * 64, 0.25F);
  values[13 * 64 + 5] = 1;
  const data::Rows rows = rows_of(values, std::vector<std::int32_t>(20), {8, 8});
  Transforms transforms({8, 8}, 0);
  transforms.add(handle<Transform>(std::make_unique<Marked>(1.0F), "marked"));
  transforms.add(handle<Transform>(std::make_unique<Inverse>(), "inverse"));
  const std::string text =
      "the sample of row 13 of the dataset, counted from 0, is infinite in column 5 as transform "
      "inverse leaves it";
  const auto bad = train::find_bad_sample(transforms, 2, {Mode::evaluation, 0, 0}, rows, 13);
  BOOST_REQUIRE(bad.has_value());
  BOOST_TEST(bad->text == text);
  BOOST_TEST((bad->transform == std::size_t{1}));
  BOOST_CHECK(!train::find_bad_sample(transforms, 1, {Mode::evaluation, 0, 0}, rows, 13));
  BOOST_CHECK(!train::find_bad_sample(transforms, 2, {Mode::evaluation, 0, 0}, rows, 12));

  Transforms inverse({8, 8}, 0);
  inverse.add(handle<Transform>(std::make_unique<Inverse>(), "inverse"));
  train::ThreadTeam team(2);
  const auto hunted = network(team, inverse, 64);
  const std::vector<std::int64_t> order = {3, 13, 4};
  const train::Trace trace = train::find_first_not_finite(*hunted, {&rows, order}, 0);
  BOOST_TEST(trace.text ==
             "the sample of row 13 of the dataset, counted from 0, is infinite at [0, 5] as "
             "transform inverse leaves it");
  BOOST_TEST(trace.in_transform);
  BOOST_TEST(!trace.in_data);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(fit)

// Rows that are read block by block are those that lie in memory.
BOOST_AUTO_TEST_CASE(every_training_row_is_shown_once_in_order) {
  const std::int64_t count = 2500;  // several blocks
  std::vector<float> values;
  std::vector<std::int32_t> classes;
  for (std::int64_t row = 0; row < count; ++row) {
    for (int i = 0; i < 64; ++i) values.push_back(static_cast<float>(row * 64 + i));
    classes.push_back(static_cast<std::int32_t>(row % 7));
  }
  for (const bool in_memory : {true, false}) {
    const data::CopyLimits limits{0, in_memory ? std::size_t{1} << 30 : 0};
    const data::Rows rows = rows_of(values, classes, {8, 8}, limits);
    BOOST_TEST(rows.owns_samples() == in_memory);
    for (const std::size_t passed : {0U, 1U, 2U}) {
      const Transforms transforms = chain();
      const std::int64_t columns = transforms.shape(passed).elements();
      std::vector<float> seen;
      std::vector<std::int32_t> seen_classes;
      int blocks = 0;
      const auto bad =
          train::visit_blocks({rows, transforms, passed},
                              [&](MatrixView<const float> samples, ConstTensorView targets) {
                                ++blocks;
                                BOOST_TEST(samples.columns == columns);
                                for (std::int64_t r = 0; r < samples.rows; ++r)
                                  seen.insert(seen.end(), samples.row(r), samples.row(r) + columns);
                                const auto part = targets.values<const std::int32_t>();
                                seen_classes.insert(seen_classes.end(), part.begin(), part.end());
                              });
      BOOST_TEST(!bad.has_value());
      BOOST_TEST(blocks > 1);
      std::vector<float> expected;
      for (std::int64_t row = 0; row < count; ++row)
        for (std::int64_t i = 0; i < columns; ++i)  // as in evaluation: no marks
          expected.push_back((passed > 0 ? 0.5F : 1.0F) *
                             values[static_cast<std::size_t>(row * 64 + i)]);
      BOOST_TEST((seen == expected));
      BOOST_TEST((seen_classes == classes));
    }
  }
}

BOOST_AUTO_TEST_CASE(it_stops_at_a_value_that_is_not_finite) {
  std::vector<float> values(20 * 64, 0.25F);
  values[13 * 64 + 5] = std::numeric_limits<float>::infinity();
  const data::Rows rows = rows_of(values, std::vector<std::int32_t>(20), {8, 8});
  const Transforms transforms = chain();
  std::int64_t seen = 0;
  const auto count = [&](MatrixView<const float> samples, ConstTensorView) {
    seen += samples.rows;
  };
  const auto bad = train::visit_blocks({rows, transforms, 1}, count);
  BOOST_REQUIRE(bad.has_value());
  BOOST_TEST(bad->text ==
             "the sample of row 13 of the dataset, counted from 0, is infinite at [0, 5]");
  BOOST_TEST(!bad->transform.has_value());
  BOOST_TEST(seen == 0);
  BOOST_TEST(!train::visit_blocks({rows, transforms, 1, true}, count).has_value());
  BOOST_TEST(seen == 20);
}

BOOST_AUTO_TEST_SUITE_END()
