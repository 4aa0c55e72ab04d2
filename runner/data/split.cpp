#include "runner/data/split.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "assay/error.h"
#include "assay/number_text.h"
#include "runner/data/random_state.h"

namespace assay::data {
namespace {

RandomState random_state(std::uint64_t seed) {
  const auto low = static_cast<std::uint32_t>(seed);
  const auto high = static_cast<std::uint32_t>(seed >> 32);
  if (high == 0) return RandomState(low);
  return RandomState(std::array{low, high});
}

std::int64_t count(const char* name, double share, std::int64_t rows) {
  if (!(share >= 0 && share < 1))
    throw Error(fmt::format("split.{}: expected a share of the rows from 0 to below 1, found {}",
                            name, share));
  return static_cast<std::int64_t>(std::ceil(share * static_cast<double>(rows)));
}

}  // namespace

Split split(std::int64_t rows, const plan::SplitPlan& plan) {
  const std::int64_t test = count("test", plan.test, rows);
  const std::int64_t validation = count("validation", plan.validation, rows);
  if (test + validation >= rows)
    throw Error(
        fmt::format("no rows are left to train on: of {} rows the test split takes {} and the "
                    "validation split {}; expected smaller shares than {} and {}",
                    grouped(rows), grouped(test), grouped(validation), plan.test, plan.validation));

  const std::vector<std::int64_t> order = random_state(plan.seed).permutation(rows);
  const auto end_of_test = order.begin() + test;
  const auto end_of_validation = end_of_test + validation;
  return {.train = {end_of_validation, order.end()},
          .validation = {end_of_test, end_of_validation},
          .test = {order.begin(), end_of_test}};
}

}  // namespace assay::data
