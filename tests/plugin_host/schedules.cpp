#include "runner/plugin_host/schedules.h"

#include <boost/test/unit_test.hpp>
#include <functional>

#include "assay/optimizer.h"
#include "runner/plugin_host/plugin_host.h"
#include "tests/plan/fake_catalogue.h"
#include "tests/plugin_host/plugins.h"
#include "tests/support/temporary_folder.h"

using namespace assay;
using namespace assay::plugin_host;
using namespace assay::test;
using plan::ComponentPlan;

namespace {

plan::Value value(decltype(plan::Value::data) data) { return {std::move(data), {}}; }

ComponentPlan component(Kind kind, std::string type,
                        std::vector<std::pair<std::string, plan::Value>> options) {
  ComponentPlan plan{kind, std::move(type), {}, {}};
  for (auto& [name, option] : options) plan.values.add(std::move(name), std::move(option));
  return plan;
}
ComponentPlan lasting(decltype(plan::Value::data) length = std::monostate()) {
  return component(Kind::schedule, "lasting", {{"length", value(std::move(length))}});
}
ComponentPlan scaled(double factor, ComponentPlan of) {
  return component(Kind::schedule, "scaled",
                   {{"factor", value(factor)}, {"of", value(std::move(of))}});
}
ComponentPlan follower(plan::Value rate, plan::Value bounded = value(1.0)) {
  return component(Kind::optimizer, "follower",
                   {{"rate", std::move(rate)}, {"bounded", std::move(bounded)}});
}

struct Plugins {
  static std::filesystem::path with_plugins(const std::filesystem::path& folder) {
    for (const char* name : {"odd", "nested"})
      std::filesystem::copy_file(fixture(name), folder / (std::string(name) + ".so"));
    return folder;
  }
  Handle<Optimizer> begun(const ComponentPlan& plan, std::int64_t steps) {
    const auto made = host.create<Optimizer>(plan);
    begin_schedules(made.object(), steps);
    return made;
  }
  std::vector<NamedRate> rates_of(const Handle<Optimizer>& optimizer, const ComponentPlan& plan) {
    return rates(optimizer.object(), rate_options(plan, host));
  }
  TemporaryFolder folder;
  PluginHost host{{with_plugins(folder.path())}, InstructionSet::generic};
};

void check_error(const std::function<void()>& act, const std::string& option,
                 const std::string& message) {
  try {
    act();
    BOOST_ERROR("nothing thrown; expected: " << message);
  } catch (const ComponentError& error) {
    BOOST_TEST(error.option() == option);
    BOOST_TEST(error.message() == message);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(schedules)

BOOST_FIXTURE_TEST_CASE(a_schedule_without_a_length_is_told_that_of_the_run, Plugins) {
  BOOST_TEST(rate_of(begun(follower(value(lasting())), 285), 5) == 280);
  BOOST_TEST(rate_of(begun(follower(value(lasting(std::int64_t{7}))), 285), 5) == 2);
  // It works at any depth.
  BOOST_TEST(rate_of(begun(follower(value(scaled(2, scaled(10, lasting())))), 285), 5) == 5600);
  const plan::List joined = {value(0.5), value(scaled(3, lasting()))};
  const ComponentPlan in_a_row = component(
      Kind::schedule, "joined",
      {{"schedules", value(joined)}, {"boundaries", value(plan::List{value(std::int64_t{4})})}});
  BOOST_TEST(rate_of(begun(follower(value(in_a_row)), 100), 5) == 3 * 99);
}

BOOST_FIXTURE_TEST_CASE(a_run_that_will_not_do_is_told_at_the_option, Plugins) {
  check_error([&] { begun(follower(value(lasting())), 13); }, "rate.length",
              "schedule lasting: 13 is not liked");
  check_error([&] { begun(follower(value(scaled(1, lasting()))), 13); }, "rate.of.length",
              "schedule scaled: schedule lasting: 13 is not liked");
}

BOOST_FIXTURE_TEST_CASE(no_value_comes_before_the_length, Plugins) {
  check_error(
      [&] {
        host.create<Optimizer>(component(Kind::optimizer, "hasty", {{"rate", value(lasting())}}));
      },
      "",
      "rate: a constructor asks for a value, but the schedule lasting has none before the "
      "length of the run is known");
}

BOOST_FIXTURE_TEST_CASE(rates_are_known_by_their_options, Plugins) {
  const ComponentPlan plan = follower(value(std::int64_t{3}), value(scaled(2, lasting())));
  const auto found = rates_of(begun(plan, 50), plan);
  BOOST_REQUIRE(found.size() == 2U);
  BOOST_TEST(found[0].name() == "rate");
  BOOST_TEST(found[0].is_constant());
  BOOST_TEST(found[0].at(1000) == 3);
  BOOST_TEST(found[1].name() == "bounded");
  BOOST_TEST(!found[1].is_constant());
  BOOST_TEST(found[1].at(20) == 60);
  check_error([&] { found[1].at(51); }, "bounded",
              "the schedule scaled gives -2 at step 51; expected a number of at least 0");
}

BOOST_FIXTURE_TEST_CASE(a_component_of_any_kind_is_made_for_its_owner, Plugins) {
  const auto paced = [](plan::Value rate) {
    plan::Values pace;
    pace.add("rate", std::move(rate));
    return component(Kind::optimizer, "paced", {{"pace", value(pace)}});
  };
  const auto around = [](ComponentPlan inner) {
    return component(Kind::optimizer, "around", {{"inner", value(std::move(inner))}});
  };
  const ComponentPlan plan = around(paced(value(scaled(2, lasting()))));
  const Handle<Optimizer> made = begun(plan, 50);
  float moved = 1;
  const float gradient = 10;
  made.call([&](Optimizer& o) {
    o.begin_step(20);
    o.update({.parameter = "kernel",
              .shape = {1},
              .values = std::span(&moved, 1),
              .gradient = std::span(&gradient, 1),
              .slots = {}});
  });
  BOOST_TEST(moved == 1 + 60 * 10);
  const auto found = rates_of(made, plan);
  BOOST_REQUIRE(found.size() == 1U);
  BOOST_TEST(found[0].name() == "inner.pace.rate");
  BOOST_TEST(found[0].at(20) == 60);
  check_error([&] { host.create<Optimizer>(around(around(paced(value(1.0))))); }, "inner",
              "this one is around itself");
  check_error([&] { host.create<Optimizer>(around(paced(value(scaled(13, lasting()))))); },
              "inner.pace.rate.factor", "optimizer paced: schedule scaled: 13 is not liked");
  check_error([&] { begun(plan, 13); }, "inner.pace.rate.of.length",
              "optimizer paced: schedule scaled: schedule lasting: 13 is not liked");
}

BOOST_FIXTURE_TEST_CASE(rates_within_groups_and_lists_have_the_whole_key, Plugins) {
  static constexpr Parameter members[] = {
      {.name = "rate", .type = ParameterType::rate, .doc = "x"},
      {.name = "depth", .type = ParameterType::number, .doc = "no rate"}};
  static constexpr Parameter table[] = {
      {.name = "groups",
       .type = ParameterType::group,
       .doc = "x",
       .list = true,
       .members = members,
       .member_count = 2},
      {.name = "rates", .type = ParameterType::rate, .doc = "x", .list = true},
      {.name = "none", .type = ParameterType::rate, .doc = "x", .fallback = "null"}};
  plan::Values group, values;
  group.add("rate", value(0.5));
  group.add("depth", value(2.0));
  values.add("groups", value(plan::List{value(group), value(group)}));
  values.add("rates", value(plan::List{value(0.1)}));
  values.add("none", value(std::monostate()));
  FakeCatalogue catalogue;
  catalogue.add(Kind::optimizer, "many", table);
  const ComponentPlan many{Kind::optimizer, "many", values, {}};
  std::vector<std::string> names;
  for (const RateOption& option : rate_options(many, catalogue)) names.push_back(option.name);
  const std::vector<std::string> expected = {"groups.0.rate", "groups.1.rate", "rates.0"};
  BOOST_TEST(names == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
