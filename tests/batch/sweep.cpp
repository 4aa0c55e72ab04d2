// Sweeps in Hydra's grammar. The expected points are those of Hydra's documentation (Extended
// override syntax; BasicSweeper), or follow from the definition of a function.
#include "runner/batch/sweep.h"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "assay/error.h"
#include "runner/batch/points.h"

using namespace assay;
using batch::Point;
using batch::Sweep;
using batch::Trials;

namespace {

std::vector<Sweep> sweeps_of(const std::vector<std::string>& arguments, std::string file = {}) {
  return batch::read_sweeps(arguments, [&](const std::string&) { return file; });
}

// Returns the points as lines "seed=1 model.width=8".
std::vector<std::string> lines_of(const std::vector<std::string>& arguments,
                                  const std::optional<Trials>& trials = {}, std::string file = {}) {
  std::vector<std::string> lines;
  for (const Sweep& sweep : sweeps_of(arguments, std::move(file)))
    for (const Point& point : batch::points_of(sweep, trials)) {
      std::string& line = lines.emplace_back();
      for (const batch::Setting& setting : point)
        line += (line.empty() ? "" : " ") + batch::argument_of(setting);
    }
  return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(sweep)

BOOST_AUTO_TEST_CASE(values_are_combined_and_the_last_key_varies_fastest) {
  const Lines expected = {"a=1 b=x", "a=1 b=y", "a=2 b=x", "a=2 b=y"};
  BOOST_TEST(lines_of({"a=1,2", "b=x,y"}) == expected, boost::test_tools::per_element());
  BOOST_TEST(lines_of({"a=choice(1, 2)", "b=choice(x,y)"}) == expected,
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(commas_in_brackets_quotes_and_escapes_belong_to_a_value) {
  const Lines expected = {"a=[64]",     "a=[100,100]", "a={x: [1,2], y: 3}",
                          R"(a="b,c")", R"(a='d,"e')", R"(a=f\,g)"};
  BOOST_TEST(lines_of({R"(a=[64],[100,100],{x: [1,2], y: 3},"b,c",'d,"e',f\,g)"}) == expected,
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(ranges_count_as_decimal_numbers) {
  const auto values = [](const std::string& range) {
    std::string all;
    for (const std::string& line : lines_of({"a=" + range})) all += line.substr(2) + " ";
    return all;
  };
  BOOST_TEST(values("range(0,3)") == "0 1 2 ");
  BOOST_TEST(values("range(3)") == "0 1 2 ");
  BOOST_TEST(values("range(0, 10, 3)") == "0 3 6 9 ");
  BOOST_TEST(values("range(3, 0, -1)") == "3 2 1 ");
  BOOST_TEST(values("range(0.1, 0.5, 0.1)") == "0.1 0.2 0.3 0.4 ");
  BOOST_TEST(values("range(-0.5, 0.6, 0.5)") == "-0.5 0.0 0.5 ");
  BOOST_TEST(values("range(1e-3, 4e-3, 1e-3)") == "0.001 0.002 0.003 ");
  BOOST_TEST(values("range(1e3, 3e3, 1e3)") == "1e3 2e3 ");
}

BOOST_AUTO_TEST_CASE(what_has_one_value_is_fixed) {
  const std::vector<Sweep> sweeps =
      sweeps_of({"a=1", "b=choice(x)", "~c", "+d=2", "e=[1,2]", "name=x-${seed}"});
  BOOST_REQUIRE(sweeps.size() == 1U);
  BOOST_TEST(sweeps[0].axes.empty());
  const Lines fixed = {"a=1", "b=x", "~c", "+d=2", "e=[1,2]", "name=x-${seed}"};
  BOOST_TEST(sweeps[0].fixed == fixed, boost::test_tools::per_element());
  BOOST_TEST(batch::points_of(sweeps[0], {}).size() == 1U);
}

BOOST_AUTO_TEST_CASE(zip_takes_the_values_of_keys_in_step) {
  const Lines expected = {"a=1 b=[1,2] c=x", "a=1 b=[1,2] c=y", "a=2 b=[3] c=x", "a=2 b=[3] c=y"};
  BOOST_TEST(lines_of({"zip(a=range(1,3), b=[1,2],[3])", "c=x,y"}) == expected,
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(sweeps_follow_each_other) {
  const Lines expected = {"a=1", "a=2", "b=3", "b=4"};
  BOOST_TEST(lines_of({"a=1,2", "also", "b=3,4"}) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_file_of_trials_has_a_line_for_each_run) {
  const Lines expected = {"seed=1 model.hidden=[50, 50]", "seed=2", "seed=3 model.hidden=[10]"};
  BOOST_TEST(lines_of({"@trials.csv"}, {},
                      "seed, model.hidden\r\n1,\"[50, 50]\"\r\n\r\n2,\n3,[10]\n") == expected,
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(trials_depend_on_their_number_and_the_seed_alone) {
  const std::vector<std::string> arguments = {"a=loguniform(1e-4, 1)", "b=interval(-1, 1)",
                                              "c=int(uniform(1, 3))", "d=x,y"};
  const Lines few = lines_of(arguments, Trials{5, 7});
  const Lines many = lines_of(arguments, Trials{2000, 7});
  BOOST_TEST(Lines(many.begin(), many.begin() + 5) == few, boost::test_tools::per_element());
  BOOST_TEST(lines_of(arguments, Trials{5, 8}) != few);
  std::multiset<std::string> whole, words;
  double logarithms = 0, numbers = 0;
  for (const Sweep& sweep : sweeps_of(arguments))
    for (const Point& point : batch::points_of(sweep, Trials{2000, 7})) {
      const double a = std::strtod(point[0].value.c_str(), nullptr);
      const double b = std::strtod(point[1].value.c_str(), nullptr);
      BOOST_REQUIRE((a >= 1e-4 && a <= 1 && b >= -1 && b <= 1));
      logarithms += std::log10(a);
      numbers += b;
      whole.insert(point[2].value);
      words.insert(point[3].value);
    }
  // The bounds are five standard deviations of the mean, or of the count.
  BOOST_TEST(std::abs(logarithms / 2000 + 2) < 5 * 4 / std::sqrt(12 * 2000.0));
  BOOST_TEST(std::abs(numbers / 2000) < 5 * 2 / std::sqrt(12 * 2000.0));
  BOOST_TEST(
      (std::set<std::string>(whole.begin(), whole.end()) == std::set<std::string>{"1", "2", "3"}));
  for (const char* value : {"1", "2", "3"})
    BOOST_TEST(std::abs(static_cast<double>(whole.count(value)) - 2000 / 3.0) < 106);
  BOOST_TEST(std::abs(static_cast<double>(words.count("x")) - 1000) < 112);
}

namespace {

struct Wrong {
  const char* argument;
  const char* words;
};
std::ostream& operator<<(std::ostream& out, const Wrong& wrong) { return out << wrong.argument; }

const Wrong wrong_arguments[] = {
    {"a=range(0,5", "a bracket is never closed"},
    {"a=range(0,x)", "'x' is no number"},
    {"a=range(0,5,0)", "the step of range(...) is 0"},
    {"a=range(5,0)", "range(...) is empty"},
    {"a=range(1,2,3,4)", "expected range(end)"},
    {"a=range(0,1e9)", "more than 1,000,000 values"},
    {"a=range(0,1e30)", "too many digits"},
    {"a=1,,2", "a value is missing between commas"},
    {"a=interval(1)", "expected interval(low, high)"},
    {"a=interval(2,1)", "the smaller number first"},
    {"a=int(interval(1.2,1.7))", "there is no whole number"},
    {"a=loguniform(0,1)", "numbers above 0"},
    {"a=shuffle(1,2)", "there is no function shuffle(...)"},
    {"zip(a=1,2,b=3)", "'a' has 2 where 'b' has 1"},
    {"zip(1,2)", "expected zip(key=a,b, other=c,d)"},
    {"zip(a=interval(0,1),b=2)", "no intervals"},
    {"sweep.a=1,2", "an argument sweeps a key without 'sweep.'"},
};

}  // namespace

BOOST_DATA_TEST_CASE(wrong_sweeps_are_told, boost::unit_test::data::make(wrong_arguments)) {
  BOOST_CHECK_EXCEPTION(sweeps_of({sample.argument}), Error, [&](const Error& error) {
    BOOST_TEST_MESSAGE(error.what());
    return std::string(error.what()).find(sample.words) != std::string::npos;
  });
}

BOOST_AUTO_TEST_CASE(limits_are_told) {
  const auto has = [](const char* words) {
    return [words](const Error& error) {
      return std::string(error.what()).find(words) != std::string::npos;
    };
  };
  BOOST_CHECK_EXCEPTION(sweeps_of({"a=1,2", "a=3,4"}), Error, has("'a' is swept twice"));
  BOOST_CHECK_EXCEPTION(sweeps_of({"a=1,2", "also"}), Error, has("between the arguments"));
  BOOST_CHECK_EXCEPTION(lines_of({"a=interval(0,1)"}), Error, has("--trials N"));
  BOOST_CHECK_EXCEPTION(lines_of({"a=range(1001)", "b=range(1000)"}), Error,
                        has("too many combinations"));
  BOOST_CHECK_EXCEPTION(lines_of({"@t.csv"}, {}, "a,b\n1\n"), Error, has("t.csv:2: found 1 value"));
  BOOST_CHECK_EXCEPTION(lines_of({"@t.csv"}, {}, "a,a\n1,2\n"), Error, has("t.csv:1: "));
  BOOST_CHECK_EXCEPTION(lines_of({"@t.csv"}, {}, "a,b\n"), Error, has("a line of values"));
}

BOOST_AUTO_TEST_SUITE_END()
