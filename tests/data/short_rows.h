// Shortens a list of row numbers in the form of tests/reference/splits.json.
#pragma once

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <vector>

namespace assay::test {

inline void check_rows(const std::vector<std::int64_t>& rows, const nlohmann::json& expected) {
  BOOST_REQUIRE_EQUAL(rows.size(), expected["count"].get<std::size_t>());
  const auto first = expected["first"].get<std::vector<std::int64_t>>();
  const auto last = expected["last"].get<std::vector<std::int64_t>>();
  BOOST_TEST(std::equal(first.begin(), first.end(), rows.begin()));
  BOOST_TEST(std::equal(last.rbegin(), last.rend(), rows.rbegin()));
  std::int64_t sum = 0;
  std::int64_t weighted = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    sum += rows[i];
    weighted += static_cast<std::int64_t>(i + 1) * rows[i];
  }
  BOOST_TEST(sum == expected["sum"].get<std::int64_t>());
  BOOST_TEST(weighted == expected["weighted"].get<std::int64_t>());
}

}  // namespace assay::test
