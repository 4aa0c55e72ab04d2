#include "runner/plugin_host/default_check.h"

#include "runner/plugin_host/manifest.h"
#include "tests/plugin_host/plugins.h"

using namespace assay;
using namespace assay::plugin_host;
using namespace assay::test;

namespace {

using enum ParameterType;

constexpr Parameter inner[] = {
    {.name = "width", .type = integer},
    {.name = "depth", .type = integer, .fallback = "null", .minimum = 1},
};
constexpr Parameter ramp_table[] = {
    {.name = "height", .type = number, .minimum = 0},
    {.name = "then", .type = rate, .fallback = "-"},  // looked at by itself
};
constexpr Parameter loop_table[] = {
    {.name = "again",
     .type = component,
     .fallback = "[loop, loop]",
     .list = true,
     .kind = Kind::loss},
};
constexpr Parameter deep_table[] = {
    {.name = "again", .type = component, .fallback = "null", .kind = Kind::loss},
};
constexpr Component components[] = {
    {Kind::schedule, "ramp", "", ramp_table, 2, nullptr, nullptr},
    {Kind::schedule, "flat", "", nullptr, 0, nullptr, nullptr},
    {Kind::renderer, "blank", "", nullptr, 0, nullptr, nullptr},
    {Kind::loss, "loop", "", loop_table, 1, nullptr, nullptr},
    {Kind::loss, "deep", "", deep_table, 1, nullptr, nullptr},
};
constexpr const Component* own[] = {&components[0], &components[1], &components[2], &components[3],
                                    &components[4]};

bool elsewhere(Kind kind, std::string_view name) {
  return kind == Kind::schedule && name == "cosine";
}

std::string mistake(const Parameter& p) { return DefaultCheck(own, elsewhere).mistake_in(p); }
std::string of_rate(const char* text) {
  return mistake({.name = "r", .type = rate, .fallback = text, .minimum = 0, .maximum = 1});
}
std::string of_rates(const char* text) {
  return mistake({.name = "r", .type = rate, .fallback = text, .list = true});
}
std::string of_renderer(const char* text) {
  return mistake({.name = "p", .type = component, .fallback = text, .kind = Kind::renderer});
}
std::string of_group(const char* text) {
  return mistake(
      {.name = "g", .type = group, .fallback = text, .members = inner, .member_count = 2});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(default_check)

BOOST_AUTO_TEST_CASE(what_fits) {
  for (const char* text : {"0.5", "null", "flat", "cosine", "{type: ramp, height: 1}",
                           "{type: cosine, unknown: here}", "{type: ramp, height: 1, then: 0}"})
    BOOST_TEST(of_rate(text) == "", text);
  for (const char* text : {"[]", "[0.5, flat, {type: ramp, height: 2}]", "null"})
    BOOST_TEST(of_rates(text) == "", text);
  for (const char* text : {"blank", "{type: blank}", "null"})
    BOOST_TEST(of_renderer(text) == "", text);
  for (const char* text : {"{width: 1}", "{width: 1, depth: 2}", "{width: 1, depth: null}", "null"})
    BOOST_TEST(of_group(text) == "", text);
  BOOST_TEST(mistake({.name = "n", .type = number, .fallback = "2"}) == "");
}

BOOST_AUTO_TEST_CASE(what_does_not) {
  check_contains(of_rate("2"), "expected a number from 0 to 1 or a schedule, found '2'");
  check_contains(of_rate("cosin"), "or a schedule, found 'cosin'");
  check_contains(of_rate("blank"), "or a schedule, found 'blank'");
  check_contains(of_rate("[0.5]"), "or a schedule, found a list");
  check_contains(of_rate("'0.5'"), "or a schedule, found the text '0.5'");
  check_contains(of_rate("{type: cosin}"), "no schedule 'cosin'");
  check_contains(of_rate("{type: blank}"), "no schedule 'blank'");
  check_contains(of_rate("{height: 1}"), "missing: type, the name of a schedule");
  check_contains(of_rate("{type: [ramp]}"), "missing: type, the name of a schedule");
  check_contains(of_rate("ramp"), "schedule ramp: option 'height' is missing");
  check_contains(of_rate("{type: ramp, hight: 1}"), "schedule ramp: there is no option 'hight'");
  check_contains(of_rate("{type: ramp, height: -1}"), "schedule ramp: option 'height': expected");
  check_contains(of_rate("{type: ramp, height: 1, then: {type: ramp}}"),
                 "schedule ramp: option 'then': schedule ramp: option 'height' is missing");
  check_contains(of_rate("{type: ramp"), "");
  BOOST_TEST(!of_rate("{type: ramp").empty());
  check_contains(of_rates("0.5"), "expected a list, each element a number or a schedule");
  check_contains(of_rates("[0.5, cosin]"), "found 'cosin'");
  check_contains(of_renderer("flat"), "no renderer 'flat'");
  check_contains(of_renderer("5"), "no renderer '5'");
  check_contains(of_renderer("[blank]"), "expected the name of a renderer");
  check_contains(of_group("5"), "expected a map, found '5'");
  check_contains(of_group("{}"), "option 'width' is missing");
  check_contains(of_group("{width: x}"), "option 'width': expected an integer, found 'x'");
  check_contains(of_group("{width: 1, depth: 0}"), "option 'depth': expected");
  check_contains(of_group("{width: 1, high: 0}"), "there is no option 'high'");
}

BOOST_AUTO_TEST_CASE(components_without_end) {
  const auto of_loss = [](const char* text) {
    return mistake({.name = "l", .type = component, .fallback = text, .kind = Kind::loss});
  };
  BOOST_TEST(of_loss("deep") == "");
  BOOST_TEST(of_loss("{type: loop, again: []}") == "");
  BOOST_TEST(of_loss("{type: deep, again: {type: deep, again: deep}}") == "");
  for (const char* text :
       {"loop", "{type: deep, again: loop}", "{type: loop, again: [deep, loop]}"})
    BOOST_TEST(of_loss(text) == "it contains components within components without end", text);
}

BOOST_AUTO_TEST_CASE(what_others_offer_may_be_unknown) {
  const DefaultCheck alone(own, {});
  BOOST_TEST(alone.mistake_in({.name = "r", .type = rate, .fallback = "anything"}) == "");
  check_contains(alone.mistake_in({.name = "r", .type = rate, .fallback = "No Name"}),
                 "or a schedule, found 'No Name'");
}

BOOST_AUTO_TEST_SUITE_END()
