#include "runner/plugin_host/manifest.h"

#include <array>
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "assay/plugin.h"
#include "assay/schedule.h"

using namespace assay;
using namespace assay::plugin_host;

namespace {

class Sound final : public Schedule {
 public:
  static constexpr About about = {.name = "sound", .doc = "Would work."};
  double value(std::int64_t /*count*/) const override { return 0.1; }
};

// Returns the mistakes of a manifest with one component. No compiler would accept such a manifest.
std::string mistakes_of(const Component& component) {
  const Component* const components[] = {&component};
  const Manifest manifest =
      detail::manifest("sound", "1.0.0", "MIT", std::begin(components), std::end(components));
  std::string text;
  for (const std::string& line : mistakes(manifest)) text += line;
  return text;
}

// Returns the mistakes of a component with one option.
std::string mistakes_of(const Parameter& option, const char* doc = "Would work.") {
  Component component = assay::detail::describe<Sound>();
  component.doc = doc;
  component.parameters = &option;
  component.parameter_count = 1;
  return mistakes_of(component);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(manifest)

BOOST_AUTO_TEST_CASE(bounds_hold_a_number_of_the_type) {
  struct Case {
    ParameterType type;
    double minimum, maximum;
    bool open, fine;
  };
  using enum ParameterType;
  for (const Case& c : std::vector<Case>{{number, 1.2, 1.9, true, true},
                                         {number, 1, 1, false, true},
                                         {number, 1, 1, true, false},
                                         {integer, 1.2, 1.9, false, false},
                                         {integer, 1.2, 2, false, true},
                                         {integer, -1.9, -1.2, false, false},
                                         {integer, -0.5, 0.5, true, true},
                                         {integer, 1, 2, true, false},
                                         {integer, 1, 3, true, true},
                                         {integer, 1e19, 1e20, false, false},
                                         {integer, -1e20, -1e19, false, false},
                                         {integer, -1e20, 1e20, false, true}}) {
    Parameter p = {.name = "p", .type = c.type, .minimum = c.minimum, .maximum = c.maximum};
    p.exclusive_minimum = p.exclusive_maximum = c.open;
    const std::string wrong = mistakes_of(p);
    BOOST_TEST_CONTEXT(c.minimum << " to " << c.maximum << (c.open ? ", open" : ""))
    BOOST_TEST(c.fine == wrong.empty(), wrong);
    if (!c.fine)
      BOOST_TEST(wrong.starts_with("schedule sound: option 'p': no number is within its bounds, "));
  }
}

BOOST_AUTO_TEST_CASE(facets_exist_and_can_be_reached) {
  const auto of = [](void* component) noexcept { return component; };
  struct Case {
    std::vector<Facet> facets;
    std::uint32_t count;
    std::string wrong;
  };
  const auto unknown = static_cast<FacetId>(facet_names.size());
  const std::string known = std::to_string(facet_names.size());
  for (const Case& c :
       std::vector<Case>{{{{FacetId::stateful, of}, {FacetId::acts, of}}, 2, ""},
                         {{{FacetId::stateful, of}, {FacetId::stateful, of}},
                          2,
                          "it has the facet stateful twice"},
                         {{{FacetId::acts, nullptr}},
                          1,
                          "its facet acts cannot be reached (of is a null pointer)"},
                         {{{unknown, of}}, 1, "it has a facet " + known + "; there are 0 to "},
                         {{}, 1, "it counts 1 facets, but their table is a null pointer"},
                         {{{FacetId::acts, of}}, 77, "it counts 77 facets; there are " + known}}) {
    Component component = assay::detail::describe<Sound>();
    component.facets = c.facets.empty() ? nullptr : c.facets.data();
    component.facet_count = c.count;
    const std::string wrong = mistakes_of(component);
    if (c.wrong.empty()) BOOST_TEST(wrong == "");
    else BOOST_TEST(wrong.starts_with("schedule sound: " + c.wrong), wrong);
  }
}

BOOST_AUTO_TEST_CASE(choices_are_words_each_once) {
  const auto choices = [](const char* words) {
    return mistakes_of({.name = "p", .type = ParameterType::choice, .choices = words});
  };
  BOOST_TEST(choices("sum|mean|su") == "");
  for (const char* words : {"", "|", "a|", "|a", "a||b", "a|a", "a|b|a", "b|a|c|a"})
    BOOST_TEST(choices(words) ==
               "schedule sound: option 'p': its choices are not distinct words separated by '|'");
  BOOST_TEST(choices(nullptr) == "schedule sound: option 'p': it is a choice without words");
}

BOOST_AUTO_TEST_CASE(a_component_is_documented) {
  const Parameter p = {.name = "p"};
  BOOST_TEST(mistakes_of(p) == "");
  BOOST_TEST(mistakes_of(p, "") == "schedule sound: it has no documentation (About::doc is empty)");
  BOOST_TEST(mistakes_of(p, nullptr) ==
             "schedule sound: its documentation (About::doc) is a null pointer");
}

BOOST_AUTO_TEST_SUITE_END()
