// Tests samples that stay in the dataset until a block of them is needed.
#include <algorithm>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <numeric>
#include <optional>
#include <thread>

#include "assay/error.h"
#include "runner/data/rows.h"
#include "tests/support/handle.h"

using namespace assay;
using namespace assay::test;

namespace {

constexpr std::int64_t all_rows = 1000;
constexpr std::int64_t columns = 6;

/// A dataset whose row i contains 100 i, 100 i + 1, ... The view has a stride of 7.
class Counted final : public Dataset {
 public:
  Counted(bool shown, std::atomic<std::int64_t>& reads) : shown_(shown), reads_(reads) {
    for (std::int64_t row = 0; row < all_rows; ++row)
      for (std::int64_t k = 0; k < 7; ++k) values_.push_back(static_cast<float>(100 * row + k));
  }
  void describe(DatasetDescription& out) const override {
    out.samples(all_rows, {2, 3});
    out.values({});
  }
  void read_samples(std::span<const std::int64_t> rows, MatrixView<float> out) const override {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (rows[i] == 999) throw Error("row 999 is damaged");
      std::copy_n(values_.data() + rows[i] * 7, columns, out.row(static_cast<std::int64_t>(i)));
    }
    reads_ += static_cast<std::int64_t>(rows.size());
  }
  void read_targets(std::span<const std::int64_t> rows, TensorView out) const override {
    std::ranges::transform(rows, out.values<float>().begin(),
                           [](std::int64_t row) { return static_cast<float>(row); });
  }
  MatrixView<const float> samples() const override {
    if (!shown_) return {};
    return {values_.data(), all_rows, columns, 7};
  }

 private:
  bool shown_;
  std::atomic<std::int64_t>& reads_;
  std::vector<float> values_;
};

constexpr data::CopyLimits nothing{0, 0};

struct Fixture {
  data::Rows read(bool shown, const std::vector<std::int64_t>& numbers, std::int64_t first = 0,
                  const data::CopyLimits& limits = nothing) {
    const auto dataset =
        handle<Dataset>(std::make_unique<Counted>(shown, reads), shown ? "shown" : "hidden");
    return data::read(dataset, data::describe(dataset), numbers, first, limits);
  }
  std::atomic<std::int64_t> reads = 0;
};

std::vector<std::int64_t> shuffled() {
  std::vector<std::int64_t> numbers;
  for (std::int64_t i = 0; i < 500; ++i) numbers.push_back(i * 7 % 997);
  return numbers;
}

// Returns true if these are the rows of the dataset with these numbers.
bool holds(MatrixView<const float> samples, std::span<const std::int64_t> numbers) {
  bool same = samples.rows == static_cast<std::int64_t>(numbers.size());
  for (std::size_t i = 0; same && i < numbers.size(); ++i)
    for (std::int64_t k = 0; k < columns; ++k)
      same = same && samples.row(static_cast<std::int64_t>(i))[k] ==
                         static_cast<float>(100 * numbers[i] + k);
  return same;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(large_rows, Fixture)

BOOST_AUTO_TEST_CASE(every_way_gives_the_same_rows) {
  const auto numbers = shuffled();
  const std::size_t size = numbers.size() * columns * sizeof(float);
  std::vector<float> scratch(500 * columns);
  for (const bool shown : {false, true})
    for (const data::CopyLimits limits : {nothing, {size - 1, size - 1}, {size, size}, {}})
      for (const std::int64_t first : {0, 1, 70, 500, 9999}) {
        const data::Rows rows = read(shown, numbers, first, limits);
        BOOST_TEST(rows.count == 500);
        const bool copied = limits.of_read >= size || first >= 500;
        BOOST_TEST(rows.samples().rows == (copied ? 500 : first));
        BOOST_CHECK(holds(rows.samples(),
                          std::span(numbers).first(static_cast<std::size_t>(rows.samples().rows))));
        for (const std::int64_t begin : {0, 1, 69, 70, 436})
          for (const std::int64_t count : {1, 2, 64})
            BOOST_CHECK(holds(rows.block(begin, count, scratch.data()),
                              std::span(numbers).subspan(static_cast<std::size_t>(begin),
                                                         static_cast<std::size_t>(count))));
        const std::vector<std::int64_t> positions = {499, 0, 70, 70, 3};
        std::vector<std::int64_t> expected;
        for (const std::int64_t p : positions)
          expected.push_back(numbers[static_cast<std::size_t>(p)]);
        BOOST_CHECK(holds(rows.gather(positions, scratch.data()), expected));
        const auto targets = rows.targets().values<const float>();
        BOOST_TEST(std::ranges::equal(targets, numbers, {}, {},
                                      [](auto n) { return static_cast<float>(n); }));
      }
}

BOOST_AUTO_TEST_CASE(what_is_shown_is_never_read) {
  std::vector<float> scratch(500 * columns);
  const data::Rows rows = read(true, shuffled(), 10);
  rows.block(0, 500, scratch.data());
  BOOST_TEST(reads == 0);
}

// Consecutive rows of the dataset's own memory are used directly, whatever their size.
BOOST_AUTO_TEST_CASE(consecutive_rows_that_are_shown_are_not_copied) {
  std::vector<std::int64_t> numbers(400);
  std::iota(numbers.begin(), numbers.end(), 300);
  const data::Rows rows = read(true, numbers);
  BOOST_TEST(rows.samples().rows == 400);
  BOOST_TEST(rows.samples().stride == 7);
  BOOST_TEST(rows.block(17, 3, nullptr).data == rows.samples().row(17));
  BOOST_CHECK(holds(rows.block(17, 3, nullptr), std::vector<std::int64_t>{317, 318, 319}));
  std::vector<float> scratch(2 * columns);
  BOOST_CHECK(holds(rows.gather(std::vector<std::int64_t>{399, 0}, scratch.data()),
                    std::vector<std::int64_t>{699, 300}));
}

BOOST_AUTO_TEST_CASE(large_splits_are_read_by_the_block) {
  std::vector<float> scratch(64 * columns);
  const data::Rows rows = read(false, shuffled(), 10);
  BOOST_TEST(reads == 10);
  rows.block(0, 10, nullptr);
  BOOST_TEST(reads == 10);
  rows.block(100, 64, scratch.data());
  BOOST_TEST(reads == 74);
  rows.gather(std::vector<std::int64_t>{0, 499}, scratch.data());
  BOOST_TEST(reads == 76);
}

BOOST_AUTO_TEST_CASE(blocks_are_read_on_many_threads_at_once) {
  const auto numbers = shuffled();
  const data::Rows rows = read(false, numbers);
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      std::vector<float> scratch(50 * columns);
      for (std::int64_t first = 0; first < 500; first += 50)
        wrong += !holds(rows.block(first, 50, scratch.data()),
                        std::span(numbers).subspan(static_cast<std::size_t>(first), 50));
    });
  for (std::thread& thread : threads) thread.join();
  BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_CASE(rows_that_cannot_be_read_are_reported_when_they_are_needed) {
  const data::Rows rows = read(false, {1, 999});
  std::vector<float> scratch(2 * columns);
  rows.block(0, 1, scratch.data());
  BOOST_CHECK_EXCEPTION(rows.block(0, 2, scratch.data()), plugin_host::ComponentError,
                        [](const auto& error) {
                          return std::string(error.what()) == "dataset hidden: row 999 is damaged";
                        });
}

BOOST_AUTO_TEST_CASE(a_view_of_another_size_is_an_error) {
  class Wrong final : public Dataset {
   public:
    void describe(DatasetDescription& out) const override {
      out.samples(4, {3});
      out.values({});
    }
    void read_samples(std::span<const std::int64_t>, MatrixView<float>) const override {}
    void read_targets(std::span<const std::int64_t>, TensorView) const override {}
    MatrixView<const float> samples() const override { return {&value_, 1, 1, 1}; }

   private:
    float value_ = 0;
  };
  const auto dataset = handle<Dataset>(std::make_unique<Wrong>(), "wrong");
  BOOST_CHECK_EXCEPTION(
      data::read(dataset, data::describe(dataset), {0}), Error, [](const Error& error) {
        return std::string(error.what()) ==
               "dataset wrong: its samples lie in memory as 1 x 1 elements, but it has 4 rows of 3";
      });
}

BOOST_AUTO_TEST_SUITE_END()
