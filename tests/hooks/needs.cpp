#include "runner/hooks/needs.h"

#include <boost/test/unit_test.hpp>
#include <limits>

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

std::string renderer_error(std::function<void(RendererNeeds&)> plan, Size size = {2, 3}) {
  const auto renderer = fake_renderer(std::move(plan), size);
  try {
    prepared([&](HookNeeds& needs) { needs.renderer(renderer_of(*renderer)); }, renderer);
  } catch (const ComponentError& error) {
    return error.what();
  }
  return "nothing thrown";
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
  BOOST_REQUIRE(hook.values[0].of_split() != nullptr);
  BOOST_TEST(hook.values[0].of_split()->split == "test");
  BOOST_TEST(hook.values[0].of_split()->metric == "loss");
  BOOST_TEST(hook.values[0].option == "value");
  BOOST_TEST(hook.values[1].of_split() == nullptr);
  BOOST_REQUIRE(hook.values[2].of_split() != nullptr);
  BOOST_TEST(hook.values[2].of_split()->metric == "top5.best");
}

BOOST_AUTO_TEST_CASE(a_value_that_names_no_split_and_metric_blames_its_option) {
  for (const char* name : {"loss", "", ".", ".loss", "test."}) {
    const auto error =
        error_of([&] { prepared([&](HookNeeds& needs) { needs.value(name, "value"); }); });
    BOOST_TEST(error.option() == "value");
    BOOST_TEST(error.message() == "'" + std::string(name) +
                                      "' is no value: expected SPLIT.METRIC, for instance "
                                      "test.loss, or batch.loss, epoch.loss, "
                                      "optimizer.learning_rate");
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

BOOST_AUTO_TEST_CASE(renderers_within_one_may_have_the_same_need) {
  const auto renderer = fake_renderer([](RendererNeeds& needs) {
    needs.outputs("test", 35, "split");
    needs.outputs("test", 35, "right.split");
  });
  const auto hook =
      prepared([&](HookNeeds& needs) { needs.renderer(renderer_of(*renderer)); }, renderer);
  BOOST_REQUIRE(hook.pictures.size() == 1U);
  BOOST_TEST(hook.pictures[0].option == "split");
  BOOST_TEST(hook.pictures[0].rows == 35);
}

BOOST_AUTO_TEST_CASE(a_renderer_must_declare_one_sound_need) {
  BOOST_TEST(renderer_error([](RendererNeeds&) {}) ==
             "hook fake: renderer fake: it declares no need");
  BOOST_TEST(
      renderer_error([](RendererNeeds& needs) {
        needs.samples("all", 1, "split");
        needs.outputs("test", 1, "split");
      }) ==
      "hook fake: renderer fake: it declares more than one need: 1 rows of all, and 1 rows of "
      "test with outputs; expected one, which renderers within it may repeat");
  BOOST_TEST(renderer_error([](RendererNeeds& needs) {
               needs.samples("all", 1, "split");
               needs.samples("all", 2, "split");
             }).starts_with("hook fake: renderer fake: it declares more than one need: "));
  BOOST_TEST(renderer_error([](RendererNeeds& needs) { needs.samples("all", -1, "split"); }) ==
             "hook fake: renderer fake: it needs -1 rows of split 'all'; expected at least one row "
             "of a split");
}

BOOST_AUTO_TEST_CASE(a_renderer_must_have_a_size_that_a_picture_can_have) {
  const auto error_for = [](Size size) {
    return renderer_error([](RendererNeeds& needs) { needs.samples("all", 1, "split"); }, size);
  };
  const std::string before = "hook fake: renderer fake: its picture would have ";
  const std::string after =
      " pixels; expected 1 to 32,767 each way, and no more than 67,108,864 in all (Renderer::size)";
  constexpr std::int64_t huge = std::numeric_limits<std::int64_t>::max();
  BOOST_TEST(error_for({1, 32767}) == "nothing thrown");
  BOOST_TEST(error_for({0, 3}) == before + "0 x 3" + after);
  BOOST_TEST(error_for({3, -1}) == before + "3 x -1" + after);
  BOOST_TEST(error_for({32768, 1}) == before + "32,768 x 1" + after);
  BOOST_TEST(error_for({8192, 8192}) == "nothing thrown");
  BOOST_TEST(error_for({8193, 8192}) == before + "8,193 x 8,192" + after);
  BOOST_TEST(error_for({1, huge}) == before + "1 x 9,223,372,036,854,775,807" + after);
}

BOOST_AUTO_TEST_CASE(a_renderer_that_did_not_come_with_the_hook_is_refused) {
  const auto stranger =
      fake_renderer([](RendererNeeds& needs) { needs.samples("all", 1, "split"); });
  BOOST_TEST(error_of([&] {
               prepared([&](HookNeeds& needs) { needs.renderer(renderer_of(*stranger)); });
             }).what() == "hook fake: this component was not made with that renderer");
}

BOOST_AUTO_TEST_SUITE_END()
