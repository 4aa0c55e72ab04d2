#include "runner/plan/tag.h"

#include <boost/test/unit_test.hpp>
#include <limits>

#include "runner/config/reference.h"
#include "tests/plan/experiment.h"

using namespace assay;
using namespace assay::test;
using plan::Tag;

namespace {

std::string at(const std::string& tag, std::int64_t step, std::int64_t epoch) {
  return Tag(tag).at(step, epoch);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(tag)

BOOST_AUTO_TEST_CASE(step_and_epoch_are_filled_in) {
  BOOST_TEST(at("Loss", 5, 2) == "Loss");
  BOOST_TEST(at("", 5, 2) == "");
  BOOST_TEST(at("\\${step} ${step} ${x} \\${", 5, 2) == "${step} 5 ${x} ${");
  BOOST_TEST(at("Step ${step} Accuracy Testsheet", 500, 12) == "Step 500 Accuracy Testsheet");
  BOOST_TEST(at("${epoch}/${step}/${epoch}", 500, 12) == "12/500/12");
  BOOST_TEST(at("${step}${step}", 0, 0) == "00");
}

BOOST_AUTO_TEST_CASE(other_dollars_stay) {
  BOOST_TEST(at("5 $, $step, ${ste}, ${step", 1, 2) == "5 $, $step, ${ste}, ${step");
  BOOST_TEST(at("$${step}}", 3, 2) == "$3}");
}

BOOST_AUTO_TEST_CASE(a_tag_varies_if_the_step_is_in_it) {
  for (const char* varying : {"${step}", "a ${epoch} b", "${x} ${step}"})
    BOOST_TEST(Tag(varying).varies());
  for (const char* fixed : {"Loss", "\\${step}", "$step", "${step", "${x}"})
    BOOST_TEST(!Tag(fixed).varies());
}

BOOST_AUTO_TEST_CASE(a_sound_tag_is_sound_at_every_step) {
  constexpr std::int64_t longest = std::numeric_limits<std::int64_t>::max();
  const std::string most(plan::longest_tag - 19, 'x');
  BOOST_TEST(Tag(most + "${epoch}").problem() == "");
  BOOST_TEST(plan::problem_with_tag(at(most + "${epoch}", longest, longest)) == "");
  BOOST_TEST(Tag(most + "x${epoch}").problem() == "a tag has at most 1,024 bytes, found 1,025");
  BOOST_TEST(plan::problem_with_tag(most + "x${epoch}") == "");  // the text itself
}

BOOST_AUTO_TEST_CASE(a_tag_belongs_to_the_first_hook_that_claims_it) {
  plan::TagOwners owners;
  BOOST_TEST(owners.find("a") == nullptr);
  BOOST_TEST(owners.claim("a", "one") == "one");
  BOOST_TEST(owners.claim("a", "two") == "one");
  BOOST_TEST(owners.claim("b", "two") == "two");
  BOOST_TEST(*owners.find("a") == "one");
  BOOST_TEST(owners.hooks().size() == 2U);
}

BOOST_AUTO_TEST_CASE(the_type_of_an_option_makes_a_tag) {
  static constexpr Parameter curve[] = {{.name = "name", .type = ParameterType::tag},
                                        {.name = "tag", .type = ParameterType::text}};
  static constexpr Parameter curves[] = {
      {.name = "curves",
       .type = ParameterType::group,
       .list = true,
       .members = curve,
       .member_count = 2},
      {.name = "inner", .type = ParameterType::component, .fallback = "null", .kind = Kind::hook}};
  FakeCatalogue catalogue;
  catalogue.add(Kind::hook, "curves", curves);
  const Outcome outcome = plan_of(
      experiment("hooks: {a: {type: curves, at: 1, curves: [{name: x, tag: y}, {name: '${step}', "
                 "tag: ''}], inner: {type: scalar, tag: z, value: test.loss}}}"),
      catalogue);
  BOOST_TEST(outcome.problems == "");
  BOOST_REQUIRE(outcome.plan.has_value());
  const plan::HookPlan& hook = outcome.plan->hooks[0];
  const auto tags = plan::tags_of(hook);
  BOOST_REQUIRE(tags.size() == 3U);
  BOOST_TEST(tags[0].key == "hooks.a.curves.0.name");
  BOOST_TEST(tags[0].tag.written() == "x");
  BOOST_TEST(tags[1].key == "hooks.a.curves.1.name");
  BOOST_TEST(tags[2].key == "hooks.a.inner.tag");
  BOOST_REQUIRE(hook.values.size() == 1U);
  BOOST_TEST(hook.values[0].option == "inner.value");
}

// The hint for a misspelt reference depends on whether the text is a tag.
BOOST_AUTO_TEST_CASE(only_of_tags_is_it_said_that_they_know_the_step) {
  const auto told = [](const std::string& options) {
    return problems("hooks: {a: {type: image, at: 1, " + options + "}}").find("tags also know") !=
           std::string::npos;
  };
  BOOST_TEST(told("renderer: sheet, tag: '${stp}'"));
  BOOST_TEST(!told("tag: x, renderer: {type: sheet, split: '${stp}'}"));
  BOOST_TEST(!told("tag: x, renderer: {type: sheet, tag: '${stp}'}"));
}

BOOST_AUTO_TEST_CASE(who_fills_in_a_reference_follows_from_its_name) {
  using config::FilledBy;
  const auto by = [](const char* name) { return config::filled_by(name); };
  BOOST_CHECK(by("step") == FilledBy::tag && by("epoch") == FilledBy::tag);
  BOOST_CHECK(by("now:%H") == FilledBy::run_dir);
  BOOST_CHECK(by("secret:KEY") == FilledBy::component);
  BOOST_CHECK(by("steps") == FilledBy::config && by("train.step") == FilledBy::config);
}

BOOST_AUTO_TEST_SUITE_END()
