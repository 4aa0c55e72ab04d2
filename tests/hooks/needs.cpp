#include "runner/hooks/needs.h"

#include <boost/test/unit_test.hpp>

#include "tests/hooks/fake_hook.h"

using namespace assay;
using namespace assay::test;
using assay::plugin_host::ComponentError;

namespace {

hooks::PreparedHook prepared(std::function<void(HookNeeds&)> plan,
                             std::shared_ptr<plugin_host::Object> renderer = nullptr) {
  return fake_hook(
      "h", {}, std::move(plan), [](HookContext&) {}, std::move(renderer));
}

ComponentError error_of(const std::function<void()>& function) {
  try {
    function();
  } catch (const ComponentError& error) {
    return error;
  }
  return {"nobody", "nothing thrown", ""};
}

std::string renderer_error(std::function<void(RendererNeeds&)> plan) {
  const auto renderer = fake_renderer(std::move(plan));
  return error_of([&] {
           prepared([&](HookNeeds& needs) { needs.renderer(renderer_of(*renderer)); }, renderer);
         })
      .what();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(needs)

BOOST_AUTO_TEST_CASE(values_are_numbered_in_order) {
  const auto hook = prepared([](HookNeeds& needs) {
    BOOST_TEST(needs.value("test.loss", "value") == 0);
    BOOST_TEST(needs.value("batch.loss", "other") == 1);
    BOOST_TEST(needs.value("test.top5.best", "value") == 2);
  });
  BOOST_REQUIRE(hook.values.size() == 3U);
  BOOST_TEST(hook.values[0].split == "test");
  BOOST_TEST(hook.values[0].metric == "loss");
  BOOST_TEST(hook.values[0].option == "value");
  BOOST_TEST(hook.values[1].split == "");
  BOOST_TEST(hook.values[1].metric == "loss");
  BOOST_TEST(hook.values[2].metric == "top5.best");
}

BOOST_AUTO_TEST_CASE(a_value_that_names_no_split_and_metric_blames_its_option) {
  for (const char* name : {"loss", "", ".", ".loss", "test."}) {
    const auto error =
        error_of([&] { prepared([&](HookNeeds& needs) { needs.value(name, "value"); }); });
    BOOST_TEST(error.option() == "value");
    BOOST_TEST(error.message() == "'" + std::string(name) +
                                      "' is no value: expected SPLIT.METRIC, for instance "
                                      "test.loss, or batch.loss");
  }
}

BOOST_AUTO_TEST_CASE(a_renderers_need_is_recorded) {
  const auto renderer =
      fake_renderer([](RendererNeeds& needs) { needs.outputs("test", 35, "split"); });
  const auto hook =
      prepared([&](HookNeeds& needs) { needs.renderer(renderer_of(*renderer)); }, renderer);
  BOOST_REQUIRE(hook.pictures.size() == 1U);
  BOOST_TEST(hook.pictures[0].split == "test");
  BOOST_TEST(hook.pictures[0].option == "split");
  BOOST_TEST(hook.pictures[0].rows == 35);
  BOOST_TEST(hook.pictures[0].outputs);
  BOOST_TEST(hook.pictures[0].handle.who() == "renderer fake");
}

BOOST_AUTO_TEST_CASE(a_renderer_must_declare_one_sound_need) {
  BOOST_TEST(renderer_error([](RendererNeeds&) {}) ==
             "hook fake: renderer fake: it declares no need");
  BOOST_TEST(renderer_error([](RendererNeeds& needs) {
               needs.samples("all", 1, "split");
               needs.outputs("test", 1, "split");
             }) == "hook fake: renderer fake: it declares more than one need");
  BOOST_TEST(renderer_error([](RendererNeeds& needs) { needs.samples("all", -1, "split"); }) ==
             "hook fake: renderer fake: it needs -1 rows of split 'all'; expected at least one row "
             "of a split");
}

BOOST_AUTO_TEST_CASE(a_renderer_that_did_not_come_with_the_hook_is_refused) {
  const auto stranger =
      fake_renderer([](RendererNeeds& needs) { needs.samples("all", 1, "split"); });
  BOOST_TEST(error_of([&] {
               prepared([&](HookNeeds& needs) { needs.renderer(renderer_of(*stranger)); });
             }).what() == "hook fake: this component was not made with that renderer");
}

BOOST_AUTO_TEST_SUITE_END()
