// The sweep of a config.
#include "runner/batch/sweep_map.h"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "assay/error.h"
#include "runner/batch/points.h"
#include "runner/config/reader.h"

using namespace assay;
using batch::Axis;
using batch::Point;
using batch::Sweep;
using Lines = std::vector<std::string>;

namespace {

std::vector<Axis> axes_of(const std::string& text, config::Diagnostics& diagnostics) {
  const auto node = config::read_text("a.yaml", "/a.yaml", text, diagnostics);
  BOOST_REQUIRE(node.has_value());
  const config::Node* sweep = node->find("sweep");
  BOOST_REQUIRE(sweep != nullptr);
  return batch::read_sweep_map(*sweep, diagnostics);
}

// Returns the points of a sweep of a config, with arguments, as lines "seed=1 model.width=8".
Lines lines_of(const std::string& text, const std::vector<std::string>& arguments = {}) {
  config::Diagnostics diagnostics;
  const std::vector<Axis> axes = axes_of(text, diagnostics);
  BOOST_TEST(diagnostics.text(false) == "");
  const auto no_file = [](const std::string&) { return std::string(); };
  const Sweep of_arguments = batch::read_sweeps(arguments, no_file).front();
  Lines lines;
  for (const Point& point : batch::points_of(batch::with_arguments(axes, of_arguments), {})) {
    std::string& line = lines.emplace_back();
    for (const batch::Setting& setting : point)
      line += (line.empty() ? "" : " ") + batch::argument_of(setting);
  }
  return lines;
}

std::string problems_of(const std::string& text) {
  config::Diagnostics diagnostics;
  axes_of(text, diagnostics);
  return diagnostics.text(false);
}

const std::string grid = "sweep:\n  a.b: [0.1, 0.2]\n  seed: range(0,2)\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(sweep_map)

BOOST_AUTO_TEST_CASE(values_are_lists_or_texts_in_the_grammar_of_arguments) {
  const Lines expected = {"a.b=0.1 seed=0", "a.b=0.1 seed=1", "a.b=0.2 seed=0", "a.b=0.2 seed=1"};
  BOOST_TEST(lines_of(grid) == expected, boost::test_tools::per_element());
  BOOST_TEST(lines_of("sweep: {a.b: 'choice(0.1, 0.2)', seed: \"0,1\"}\n") == expected,
             boost::test_tools::per_element());
  BOOST_TEST(lines_of("sweep: {a: 5}\n") == Lines{"a=5"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(values_of_lists_are_written_as_arguments) {
  const Lines expected = {"a=[64]",       "a=[100, [x, null]]", "a={type: x, b: 1}", R"(a="5")",
                          R"(a=x\:y\,z)", R"(a="say \"it\"")",  "a=${seed}",         "a=null",
                          R"(a="")",      R"(a=end\\)"};
  BOOST_TEST(lines_of(R"(sweep:
  a:
    - [64]
    - [100, [x, null]]
    - {type: x, b: 1}
    - '5'
    - x:y,z
    - 'say "it"'
    - ${seed}
    - null
    - ""
    - 'end\'
)") == expected,
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(zip_lets_keys_vary_together) {
  const Lines expected = {"s=1 a=1 b=x", "s=1 a=2 b=y", "s=2 a=1 b=x", "s=2 a=2 b=y"};
  BOOST_TEST(lines_of("sweep:\n  s: [1, 2]\n  zip: {a: 'range(1,3)', b: [x, y]}\n") == expected,
             boost::test_tools::per_element());
  BOOST_TEST(lines_of("sweep:\n  zip: [{s: [1, 2]}, {a: [1, 2], b: [x, y]}]\n") == expected,
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(arguments_take_the_place_of_axes) {
  const Lines both = {"a.b=0.1 seed=7", "a.b=0.1 seed=8", "a.b=0.2 seed=7", "a.b=0.2 seed=8"};
  BOOST_TEST(lines_of(grid, {"seed=7,8"}) == both, boost::test_tools::per_element());
  const Lines rates = {"a.b=0.1", "a.b=0.2"};
  for (const char* argument : {"seed=7", "++seed=7", "~seed", "~sweep.seed"})
    BOOST_TEST(lines_of(grid, {argument}) == rates, boost::test_tools::per_element());
  BOOST_TEST(lines_of(grid, {"~sweep", "seed=7,8"}) == (Lines{"seed=7", "seed=8"}),
             boost::test_tools::per_element());
  BOOST_TEST(lines_of("sweep: {zip: {a: [1, 2], b: [x, y]}}\n", {"a=3"}) == (Lines{"b=x", "b=y"}),
             boost::test_tools::per_element());
  BOOST_CHECK_THROW(lines_of(grid, {"~sweep.sead"}), Error);
}

BOOST_AUTO_TEST_CASE(settings_have_the_place_of_their_value) {
  config::Diagnostics diagnostics;
  const std::vector<Axis> axes =
      axes_of(grid + "  c: uniform(0,1)\n  zip: {x: [1, 2]}\n", diagnostics);
  BOOST_REQUIRE(axes.size() == 4U);
  BOOST_TEST(axes[0].points[1][0].where.line == 2);
  BOOST_TEST(axes[0].points[1][0].where.column == 14);
  BOOST_TEST(axes[1].points[1][0].where.line == 3);
  BOOST_TEST(axes[1].points[1][0].where.column == 9);
  BOOST_TEST(axes[2].where.line == 4);
  BOOST_TEST(axes[3].points[0][0].where.line == 5);
}

namespace {

struct Wrong {
  const char* text;
  const char* words;
};
std::ostream& operator<<(std::ostream& out, const Wrong& wrong) { return out << wrong.text; }

const Wrong wrong_sweeps[] = {
    {"sweep: 5\n", "a.yaml:1:8: error: sweep: expected a map of keys and their values, found '5'"},
    {"sweep:\n  a: range(0,x)\n",
     "a.yaml:2:6: error: sweep.a: 'x' is no number that range(...) can count with"},
    {"sweep:\n  a: loguniform(0,1)\n", "a.yaml:2:6: error: sweep.a: loguniform(...) takes"},
    {"sweep:\n  a: 1,,2\n", "a.yaml:2:6: error: sweep.a: a value is missing between commas"},
    {"sweep:\n  a: []\n", "a.yaml:2:6: error: sweep.a: expected values, found a list"},
    {"sweep:\n  a: null\n", "a.yaml:2:3: error: sweep.a: expected values, found null"},
    {"sweep:\n  a: {b: [1, 2]}\n", "keys are written in full here, as in `a.b: [1, 2]`"},
    {"sweep:\n  a=1: [1, 2]\n", "a.yaml:2:3: error: sweep.a=1: expected the full key"},
    {"sweep:\n  zip: {a: [1, 2], b: [1]}\n", "'a' has 2 where 'b' has 1"},
    {"sweep:\n  zip: {a: 'uniform(0,1)', b: [1]}\n", "no intervals"},
    {"sweep:\n  zip: [5]\n", "a.yaml:2:9: error: sweep.zip.0: expected a map of keys that vary"},
    {"sweep:\n  a: [1, 2]\n  zip: {a: [3, 4]}\n", "a.yaml:3:9: error: sweep: 'a' is swept twice"},
    {"sweep: {a: 'range(0'}\n", "a bracket is never closed"},
};

}  // namespace

BOOST_DATA_TEST_CASE(wrong_sweeps_are_told_at_their_place,
                     boost::unit_test::data::make(wrong_sweeps)) {
  const std::string told = problems_of(sample.text);
  BOOST_TEST(told.find(sample.words) != std::string::npos, told);
}

BOOST_AUTO_TEST_SUITE_END()
