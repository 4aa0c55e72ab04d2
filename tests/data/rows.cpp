#include "runner/data/rows.h"

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <functional>
#include <numeric>

#include "assay/error.h"
#include "tests/support/handle.h"

using namespace assay;
using namespace assay::test;

namespace {

/// A dataset whose row i has the samples 10 i and 10 i + 1 and belongs to class i % 3.
class Fake final : public Dataset {
 public:
  using Describe = std::function<void(DatasetDescription&)>;
  explicit Fake(Describe describe) : describe_(std::move(describe)) {}
  void describe(DatasetDescription& out) const override { describe_(out); }
  void read_samples(std::span<const std::int64_t> rows, MatrixView<float> out) const override {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto row = out.row_span(static_cast<std::int64_t>(i));
      std::iota(row.begin(), row.end(), static_cast<float>(10 * rows[i]));
    }
  }
  void read_targets(std::span<const std::int64_t> rows, TensorView out) const override {
    for (std::size_t i = 0; i < rows.size(); ++i)
      out.values<std::int32_t>()[i] = static_cast<std::int32_t>(rows[i] % 3);
  }

 private:
  Describe describe_;
};

plugin_host::Handle<Dataset> dataset(Fake::Describe describe) {
  return handle<Dataset>(std::make_unique<Fake>(std::move(describe)), "fake");
}

const std::vector<std::string_view> names = {"a", "b", "c"};

std::string error_of(Fake::Describe what) {
  try {
    data::describe(dataset(std::move(what)));
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing thrown";
}

std::string split_error(std::string_view name, std::vector<std::int64_t> rows) {
  return error_of([&](DatasetDescription& out) {
    out.samples(4, {2});
    out.classes(names);
    out.split("train", std::vector<std::int64_t>{0, 1, 2});
    out.split(name, rows);
  });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rows)

BOOST_AUTO_TEST_CASE(rows_are_read_in_the_order_asked_for) {
  const auto fake = dataset([](DatasetDescription& out) {
    out.samples(9, {2});
    out.classes(names);
  });
  const auto description = data::describe(fake);
  const auto rows = data::read(fake, description, std::vector<std::int64_t>{7, 0, 7, 2});
  BOOST_TEST(rows.count == 4);
  BOOST_TEST(rows.samples().row(0)[0] == 70.0F);
  BOOST_TEST(rows.samples().row(3)[1] == 21.0F);
  const auto classes = rows.targets().values<const std::int32_t>();
  const std::vector<std::int32_t> expected = {1, 0, 1, 2};
  BOOST_TEST(std::vector(classes.begin(), classes.end()) == expected,
             boost::test_tools::per_element());
  BOOST_TEST(rows.class_names()[2] == "c");
  BOOST_TEST(data::read(fake, description, {}).count == 0);
}

BOOST_AUTO_TEST_CASE(rows_without_targets_never_ask_for_them) {
  class Unlabelled final : public Dataset {
   public:
    void describe(DatasetDescription& out) const override {
      out.samples(9, {2});
      out.values({});
    }
    void read_samples(std::span<const std::int64_t> rows, MatrixView<float> out) const override {
      for (std::size_t i = 0; i < rows.size(); ++i)
        std::ranges::fill(out.row_span(static_cast<std::int64_t>(i)), static_cast<float>(rows[i]));
    }
    void read_targets(std::span<const std::int64_t>, TensorView) const override {
      throw Error("there are none");
    }
  };
  const auto unlabelled = handle<Dataset>(std::make_unique<Unlabelled>(), "unlabelled");
  const auto description = data::describe(unlabelled);
  const auto refuses = [](const plugin_host::ComponentError& error) {
    return std::string(error.what()) == "dataset unlabelled: there are none";
  };
  BOOST_CHECK_EXCEPTION(data::check_has_targets(unlabelled, description),
                        plugin_host::ComponentError, refuses);
  BOOST_CHECK_EXCEPTION(data::read(unlabelled, description, {0}), plugin_host::ComponentError,
                        refuses);
  for (const data::CopyLimits limits : {data::CopyLimits{}, data::CopyLimits{0, 0}}) {
    const auto rows = data::read_without_targets(unlabelled, description, {4, 2}, limits);
    BOOST_TEST(rows.count == 2);
    BOOST_TEST(rows.number(1) == 2);
    std::array<float, 4> scratch = {};
    BOOST_TEST(rows.block(0, 2, scratch.data()).row(1)[0] == 2.0F);
  }
}

BOOST_AUTO_TEST_CASE(rows_are_counted_by_class) {
  const auto fake = dataset([](DatasetDescription& out) {
    out.samples(9, {2});
    out.classes(names);
  });
  const auto rows = data::read(fake, data::describe(fake), {0, 1, 3, 4, 6});
  BOOST_TEST(data::rows_by_class(rows) == (std::vector<std::int64_t>{3, 2, 0}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_class_that_was_not_declared_is_an_error) {
  const auto fake = dataset([](DatasetDescription& out) {
    out.samples(9, {2});
    out.classes(std::span(names).first(2));
  });
  const auto description = data::describe(fake);
  try {
    data::read(fake, description, std::vector<std::int64_t>{0, 1, 5});
    BOOST_ERROR("nothing thrown");
  } catch (const Error& error) {
    BOOST_TEST(error.what() == "dataset fake: row 5 is of class 2, but there are classes 0 to 1");
  }
}

BOOST_AUTO_TEST_CASE(a_description_must_be_whole) {
  BOOST_TEST(error_of([](DatasetDescription&) {}) == "dataset fake has 0 rows; expected 1 or more");
  BOOST_TEST(error_of([](DatasetDescription& out) { out.samples(3, {2}); }) ==
             "dataset fake must declare classes or values, once");
  BOOST_TEST(error_of([](DatasetDescription& out) {
               out.samples(3, {2});
               out.classes(names);
               out.values({1});
             }) == "dataset fake must declare classes or values, once");
  BOOST_TEST(error_of([](DatasetDescription& out) {
               out.samples(3, {2});
               out.classes({});
             }) == "dataset fake declares classes, but names none");
  BOOST_TEST(error_of([](DatasetDescription& out) {
               out.samples(3, {2});
               out.samples(4, {2});
               out.classes(names);
             }) == "dataset fake must declare its samples once");
}

BOOST_AUTO_TEST_CASE(names_must_be_lines) {
  const auto of_class = [](std::string_view name) {
    return error_of([&](DatasetDescription& out) {
      const std::array<std::string_view, 2> two = {"first", name};
      out.samples(4, {2});
      out.classes(two);
    });
  };
  BOOST_TEST(of_class("Größe ≥ 数") == "nothing thrown");
  for (const char* name : {"", "a\n", "\x1b[31m", "\xff"}) {
    BOOST_TEST(of_class(name) == "dataset fake: class 1 has no name that is one line of text");
    BOOST_TEST(split_error(name, {3}) ==
               "dataset fake: split 1 has no name that is one line of text");
  }
}

BOOST_AUTO_TEST_CASE(shapes_must_be_possible) {
  constexpr std::int64_t large = std::int64_t{1} << 32;
  const auto of_samples = [](std::int64_t rows, const Shape& shape) {
    return error_of([&](DatasetDescription& out) {
      out.samples(rows, shape);
      out.classes(names);
    });
  };
  const auto of_targets = [](const Shape& shape) {
    return error_of([&](DatasetDescription& out) {
      out.samples(4, {2});
      out.values(shape);
    });
  };
  const std::string expected =
      " are not possible; expected dimensions of 1 or more, and no more than 2^56 elements in all";
  const std::string samples = "dataset fake: samples of shape ", targets = "dataset fake: targets";
  BOOST_TEST(of_samples(4, {}) == "nothing thrown");
  BOOST_TEST(of_samples(4, {-2, -3}) == samples + "-2x-3" + expected);
  BOOST_TEST(of_samples(4, {3, 0}) == samples + "3x0" + expected);
  BOOST_TEST(of_samples(4, {large, large, 2}) ==  // 2^65, which is 0 in 64 bits
             samples + "4294967296x4294967296x2" + expected);
  BOOST_TEST(of_samples(large, {large}) == samples + "4294967296" + expected);
  BOOST_TEST(of_samples(-1, {2}) == "dataset fake has -1 rows; expected 1 or more");
  BOOST_TEST(of_targets({2, 3}) == "nothing thrown");
  BOOST_TEST(of_targets({-1, -1}) == targets + " of shape -1x-1" + expected);
  BOOST_TEST(
      of_targets({1, 1, 1, 1, 1, 1, 1, 1}) ==
      targets +
          " of shape 1x1x1x1x1x1x1x1 are not possible; expected at most 7 dimensions besides "
          "the rows");
}

BOOST_AUTO_TEST_CASE(splits_must_be_sound) {
  BOOST_TEST(split_error("test", {3}) == "nothing thrown");
  BOOST_TEST(split_error("test", {4}) ==
             "dataset fake: split 'test' names row 4, but there are rows 0 to 3");
  BOOST_TEST(split_error("test", {-1}) ==
             "dataset fake: split 'test' names row -1, but there are rows 0 to 3");
  BOOST_TEST(split_error("test", {}) == "dataset fake: split 'test' has no rows");
  BOOST_TEST(split_error("train", {3}) == "dataset fake: split 'train' is declared twice");
  BOOST_TEST(split_error("all", {3}) == "dataset fake: split 'all' has a reserved name");
}

BOOST_AUTO_TEST_SUITE_END()
