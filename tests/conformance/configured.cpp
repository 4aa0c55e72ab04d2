// Tests options that are made up.
#include "runner/conformance/configured.h"

#include <boost/test/unit_test.hpp>
#include <set>

#include "runner/conformance/check.h"
#include "tests/plan/fake_catalogue.h"

using namespace assay;
using namespace assay::conformance;
using assay::test::FakeCatalogue;

namespace {

constexpr Parameter members[] = {
    {.name = "depth", .type = ParameterType::integer, .doc = "d", .minimum = 2, .maximum = 9},
    {.name = "word", .type = ParameterType::choice, .fallback = "a", .choices = "a|b"},
};
constexpr Parameter table[] = {
    {.name = "flag", .type = ParameterType::boolean},
    {.name = "count", .type = ParameterType::integer, .minimum = 3, .maximum = 5},
    {.name = "wide", .type = ParameterType::integer},
    {.name = "share",
     .type = ParameterType::number,
     .minimum = 0,
     .maximum = 1,
     .exclusive_minimum = true,
     .exclusive_maximum = true},
    {.name = "any", .type = ParameterType::number, .fallback = "null"},
    {.name = "word", .type = ParameterType::text},
    {.name = "choice", .type = ParameterType::choice, .choices = "here|there"},
    {.name = "rate", .type = ParameterType::rate, .minimum = 0},
    {.name = "picture", .type = ParameterType::component, .kind = Kind::renderer},
    {.name = "shape", .type = ParameterType::integer, .minimum = 1, .list = true},
    {.name = "group", .type = ParameterType::group, .members = members, .member_count = 2},
};
constexpr Parameter needs_file[] = {{.name = "file", .type = ParameterType::path}};

struct Tables {
  Tables() {
    catalogue.add(Kind::metric, "everything", table);
    catalogue.add(Kind::dataset, "needs_file", needs_file);
  }
  std::set<std::string> variations(Kind kind, const char* name) {
    const Configured base = configured(catalogue, kind, name, {});
    std::set<std::string> names;
    for (const Variation& v : conformance::variations(catalogue, kind, name, base.node)) {
      names.insert(v.name);
      BOOST_CHECK_NO_THROW(planned(catalogue, kind, v.node));
    }
    return names;
  }
  FakeCatalogue catalogue;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(configured_components)

BOOST_FIXTURE_TEST_CASE(required_options_are_made_up_within_their_bounds, Tables) {
  const Configured made = configured(catalogue, Kind::metric, "everything", {});
  BOOST_TEST(made.missing.empty());
  BOOST_TEST(made.made_up.size() == 10U);  // all but `any`
  const plan::ComponentPlan plan = planned(catalogue, Kind::metric, made.node);
  BOOST_TEST(std::get<std::int64_t>(plan.values.find("count")->data) == 5);
  BOOST_TEST(std::get<double>(plan.values.find("share")->data) == 0.5);
  BOOST_TEST(std::get<plan::ComponentPlan>(plan.values.find("picture")->data).type == "sheet");
  const auto& group = std::get<plan::Values>(plan.values.find("group")->data);
  BOOST_TEST(std::get<std::string>(group.find("word")->data) == "a");
}

BOOST_FIXTURE_TEST_CASE(files_are_not_made_up, Tables) {
  const Configured made = configured(catalogue, Kind::dataset, "needs_file", {});
  BOOST_TEST(made.missing == std::vector<std::string>{"file"}, boost::test_tools::per_element());
  const std::vector<std::string> settings = {"file=/a.csv"};
  const Configured given = configured(catalogue, Kind::dataset, "needs_file", settings);
  BOOST_TEST(given.missing.empty());
  BOOST_TEST(given.made_up.empty());
  const auto plan = planned(catalogue, Kind::dataset, given.node);
  BOOST_TEST(std::get<std::string>(plan.values.find("file")->data) == "/a.csv");
}

BOOST_FIXTURE_TEST_CASE(a_setting_that_is_wrong_is_named, Tables) {
  const std::vector<std::string> settings = {"count=17"};
  try {
    configured(catalogue, Kind::metric, "everything", settings);
    BOOST_ERROR("nothing thrown");
  } catch (const WrongSettings& error) {
    BOOST_TEST(error.problems().text(false) ==
               "--set: error: count: expected an integer from 3 to 5, found '17'\n"
               "      | count=17\n"
               "      |       ^~\n");
  }
}

BOOST_FIXTURE_TEST_CASE(every_variation_is_valid_and_the_bounds_are_among_them, Tables) {
  const std::set<std::string> names = variations(Kind::metric, "everything");
  for (const char* name : {"flag = true",
                           "flag = false",
                           "count = 3",
                           "count = 4",
                           "count = 5",
                           "wide = -9223372036854775808",
                           "wide = 9223372036854775807",
                           "share = 5.0e-324",
                           "share = 0.9999999999999999",
                           "any = null",
                           "any = 1.7976931348623157e+308",
                           "word = \"\"",
                           "word = a text of 65,536 bytes",
                           "choice = here",
                           "choice = there",
                           "rate = 0",
                           "rate = {type: constant}",
                           "picture = {type: test_sheet}",
                           "shape = []",
                           "shape = [1]",
                           "shape = a list of 1000",
                           "group.depth = 2",
                           "group.depth = 9",
                           "group.word = b"})
    BOOST_TEST(names.contains(name), name);
  for (const std::string& name : names) BOOST_TEST_MESSAGE(name);
  variations(Kind::dataset, "needs_file");
  variations(Kind::optimizer, "sgd");
  variations(Kind::model, "mlp");
}

BOOST_AUTO_TEST_SUITE_END()
