#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <future>
#include <numeric>
#include <set>

#include "tests/plugins/dataset/description.h"
#include "tests/support/component.h"

using namespace assay;
using namespace assay::test;

namespace {

std::vector<std::int64_t> numbers(std::int64_t first, std::int64_t count) {
  std::vector<std::int64_t> rows(static_cast<std::size_t>(count));
  std::iota(rows.begin(), rows.end(), first);
  return rows;
}

ReadRows rows_of(const std::string& options, std::span<const std::int64_t> rows) {
  return read_rows(*make<Dataset>("synthetic", options), rows);
}

// SplitMix64 in its authors' form, one number after the other.
class SplitMix64 {
 public:
  explicit SplitMix64(std::uint64_t state) : state_(state) {}
  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

 private:
  std::uint64_t state_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(synthetic)

BOOST_AUTO_TEST_CASE(describes_what_was_asked_for) {
  const Description plain(*make<Dataset>("synthetic", "{rows: 5}"));
  BOOST_TEST(plain.rows == 5);
  BOOST_TEST((plain.shape == Shape{64}));
  BOOST_TEST(plain.class_names.size() == 10U);
  const Description own(
      *make<Dataset>("synthetic", "{rows: 1000000000, shape: [3, 1, 7], classes: 1000}"));
  BOOST_TEST(own.rows == 1000000000);
  BOOST_TEST((own.shape == Shape{3, 1, 7}));
  BOOST_TEST(own.class_names.back() == "999");
}

// A row is the same alone, with others, in any order, and on any thread.
BOOST_AUTO_TEST_CASE(a_row_depends_on_its_number_only) {
  for (const std::string shape : {"[64]", "[3, 5]", "[1]"}) {
    const auto dataset = make<Dataset>("synthetic", "{rows: 2000, shape: " + shape + "}");
    const auto columns = static_cast<std::size_t>(Description(*dataset).shape.elements());
    const auto all = numbers(0, 2000);
    const ReadRows whole = read_rows(*dataset, all);
    BOOST_CHECK(whole == rows_of("{rows: 2000, shape: " + shape + "}", all));
    BOOST_CHECK(whole == rows_of("{rows: 9000, shape: " + shape + "}", all));
    for (const std::int64_t row : {1999, 0, 1000}) {
      const ReadRows one = read_rows(*dataset, std::vector{row});
      const auto expected =
          std::span(whole.samples).subspan(static_cast<std::size_t>(row) * columns, columns);
      BOOST_TEST(std::ranges::equal(one.samples, expected));
      BOOST_TEST(one.classes[0] == whole.classes[static_cast<std::size_t>(row)]);
    }
    std::vector<std::future<ReadRows>> threads;
    for (int i = 0; i < 4; ++i)
      threads.push_back(std::async(std::launch::async, [&] { return read_rows(*dataset, all); }));
    for (auto& thread : threads) BOOST_CHECK(thread.get() == whole);
  }
}

BOOST_AUTO_TEST_CASE(another_seed_gives_other_rows) {
  const auto rows = numbers(0, 1000);
  const ReadRows zero = rows_of("{rows: 1000}", rows);
  const ReadRows one = rows_of("{rows: 1000, seed: 1}", rows);
  int equal = 0;
  for (std::size_t i = 0; i < zero.samples.size(); ++i) equal += zero.samples[i] == one.samples[i];
  BOOST_TEST(equal < 100);  // of 64,000
  BOOST_CHECK(zero.classes != one.classes);
  // Rows do not repeat each other either.
  std::set<float> first;
  for (std::size_t row = 0; row < 1000; ++row) first.insert(zero.samples[row * 64]);
  BOOST_TEST(first.size() > 990U);
}

// Compares with the generator one number after the other, and checks the means and widths.
BOOST_AUTO_TEST_CASE(centres_and_noise_are_spread_evenly) {
  const auto rows = numbers(0, 20000);
  const ReadRows still = rows_of("{rows: 20000, noise: 0, seed: 3}", rows);
  const ReadRows noisy = rows_of("{rows: 20000, noise: 0.5, seed: 3}", rows);
  SplitMix64 seeds(SplitMix64(3).next());
  SplitMix64 classes(seeds.next()), centres(seeds.next()), noise(seeds.next());
  std::vector<std::vector<float>> centre(10, std::vector<float>(64));
  const auto spread = [](std::uint64_t bits) {
    return static_cast<float>(
        std::floor(static_cast<double>(static_cast<std::int32_t>(bits)) / 256) / 8388608);
  };
  const auto fill = [&](SplitMix64& from, std::span<float> to) {
    for (std::size_t k = 0; k < to.size(); k += 2) {
      const std::uint64_t two = from.next();
      to[k] = spread(two & 0xffffffff);
      to[k + 1] = spread(two >> 32);
    }
  };
  for (auto& c : centre) fill(centres, c);
  std::int64_t wrong = 0;
  std::vector<int> found(10);
  double sum = 0, squares = 0;
  std::vector<float> around(64);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const auto label = static_cast<std::size_t>((classes.next() >> 32) * 10 >> 32);
    fill(noise, around);
    wrong += still.classes[row] != static_cast<std::int32_t>(label);
    ++found[label];
    for (std::size_t k = 0; k < 64; ++k) {
      wrong += still.samples[row * 64 + k] != centre[label][k];
      wrong += noisy.samples[row * 64 + k] != centre[label][k] + 0.5F * around[k];
      const double difference = noisy.samples[row * 64 + k] - still.samples[row * 64 + k];
      sum += difference;
      squares += difference * difference;
    }
  }
  BOOST_TEST(wrong == 0);
  const double elements = 64.0 * 20000;
  BOOST_TEST_MESSAGE("the noise has mean " << sum / elements << " and variance "
                                           << squares / elements << ", expected 0 and 1/12");
  BOOST_TEST(std::abs(sum / elements) < 1e-3);
  BOOST_TEST(std::abs(squares / elements * 12 - 1) < 1e-2);
  for (const int count : found) BOOST_TEST(std::abs(count - 2000) < 200);
}

BOOST_AUTO_TEST_CASE(shapes_too_large_are_refused) {
  for (const std::string shape :
       {"[]", "[1, 1, 1, 1, 1, 1, 1, 1, 1]", "[20000, 20000]", "[268435456, 268435456, 268435456]"})
    BOOST_CHECK_EXCEPTION(make<Dataset>("synthetic", "{rows: 1, shape: " + shape + "}"), Error,
                          [](const Error& error) {
                            return std::string(error.what()) ==
                                   "shape: expected 1 to 8 dimensions and at most 2^28 elements";
                          });
}

BOOST_AUTO_TEST_SUITE_END()
