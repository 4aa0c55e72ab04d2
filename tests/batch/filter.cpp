#include "runner/batch/filter.h"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <string>
#include <vector>

#include "assay/error.h"

namespace batch = assay::batch;
using assay::Error;
using batch::cell;
using batch::Table;

namespace {

Table four() {
  Table table{{"name", "seed", "Accuracy"},
              {{cell("a"), cell("0"), cell(0.5)},
               {cell("b"), cell("1"), cell(0.75)},
               {cell("c"), cell("10"), cell(std::nan(""))},
               {cell("d"), cell("x"), {}}}};
  table.other_names = {{"test.accuracy", "Accuracy"}};
  return table;
}

// Returns the names of the rows that are kept.
std::string kept(const std::vector<std::string>& texts) {
  Table table = four();
  std::vector<batch::Condition> conditions;
  for (const std::string& text : texts) conditions.push_back(batch::read_condition(text));
  batch::keep(table, conditions);
  std::string names;
  for (const auto& row : table.rows) names += row.front().text;
  return names;
}

auto says(const std::string& words) {
  return [words](const Error& error) {
    return std::string(error.what()).find(words) != std::string::npos;
  };
}

}  // namespace

BOOST_AUTO_TEST_SUITE(filter)

BOOST_AUTO_TEST_CASE(rows_are_kept_by_their_values) {
  BOOST_TEST(kept({}) == "abcd");
  BOOST_TEST(kept({"name=b"}) == "b");
  BOOST_TEST(kept({"name == b"}) == "b");
  BOOST_TEST(kept({"name!=b"}) == "acd");
  BOOST_TEST(kept({"name="}) == "");
  BOOST_TEST(kept({"Accuracy="}) == "d");
  BOOST_TEST(kept({"Accuracy>0.5"}) == "b");
  BOOST_TEST(kept({"Accuracy>=0.5"}) == "ab");
  BOOST_TEST(kept({"Accuracy<0.75"}) == "a");
  BOOST_TEST(kept({"Accuracy<=0.75"}) == "ab");
  BOOST_TEST(kept({"test.accuracy>0.5"}) == "b");
}

BOOST_AUTO_TEST_CASE(numbers_are_compared_as_numbers) {
  BOOST_TEST(kept({"seed=1.0"}) == "b");
  BOOST_TEST(kept({"seed>=1"}) == "bc");
  BOOST_TEST(kept({"Accuracy=5e-1"}) == "a");
}

BOOST_AUTO_TEST_CASE(all_conditions_must_hold) {
  BOOST_TEST(kept({"seed>=0", "seed<10"}) == "ab");
  BOOST_TEST(kept({"seed>=0", "seed<10", "name!=a"}) == "b");
}

BOOST_AUTO_TEST_CASE(what_is_no_condition_is_told) {
  for (const char* wrong : {"", "seed", "=1", "seed!1", " > 3"})
    BOOST_CHECK_EXCEPTION(batch::read_condition(wrong), Error,
                          says("expected a column, a relation"));
  BOOST_CHECK_EXCEPTION(batch::read_condition("seed<x"), Error,
                        says("expected a number behind '<', found 'x'"));
  BOOST_CHECK_EXCEPTION(kept({"sed=1"}), Error, says("there is no column 'sed'; there are name"));
}

BOOST_AUTO_TEST_SUITE_END()
