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
                                      "' is not a value: expected SPLIT.METRIC, for instance "
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
  const hooks::RendererNeeded& needed = hook.pictures[0].needed;
  BOOST_REQUIRE(needed.rows.size() == 1U);
  BOOST_TEST(needed.rows[0].split == "test");
  BOOST_TEST(needed.rows[0].option == "split");
  BOOST_TEST(needed.rows[0].rows == 35);
  BOOST_TEST(needed.rows[0].outputs);
  BOOST_TEST(hook.pictures[0].handle.who() == "renderer fake");
}

BOOST_AUTO_TEST_CASE(equal_needs_get_one_number) {
  std::vector<int> numbers;
  const auto renderer = fake_renderer([&](RendererNeeds& needs) {
    numbers = {needs.outputs("test", 35, "split"),  needs.outputs("test", 35, "right.split"),
               needs.samples("test", 35, "split"),  needs.samples("test", 34, "split"),
               needs.weights("layer1.kernel", "a"), needs.weights("layer1.bias", "b"),
               needs.weights("layer1.kernel", "c")};
  });
  const auto hook =
      prepared([&](HookNeeds& needs) { needs.renderer(renderer_of(*renderer)); }, renderer);
  const std::vector expected = {0, 0, 1, 2, 0, 1, 0};
  BOOST_TEST(numbers == expected, boost::test_tools::per_element());
  BOOST_REQUIRE(hook.pictures.size() == 1U);
  const hooks::RendererNeeded& needed = hook.pictures[0].needed;
  BOOST_REQUIRE(needed.rows.size() == 3U);
  BOOST_TEST(needed.rows[0].option == "split");
  BOOST_TEST(!needed.rows[1].outputs);
  BOOST_TEST(needed.rows[2].rows == 34);
  BOOST_REQUIRE(needed.weights.size() == 2U);
  BOOST_TEST(needed.weights[1].parameter == "layer1.bias");
  BOOST_TEST(needed.weights[1].option == "b");
}

BOOST_AUTO_TEST_CASE(values_come_from_a_hook_that_has_some) {
  const auto renderer = fake_renderer([](RendererNeeds& needs) { needs.values(); });
  const auto hook =
      prepared([&](HookNeeds& needs) { needs.renderer(renderer_of(*renderer), true); }, renderer);
  BOOST_TEST(hook.pictures.at(0).needed.values);
  BOOST_TEST(
      renderer_error([](RendererNeeds& needs) { needs.values(); }) ==
      "hook fake: this renderer draws values that a hook hands over, and this hook has none; "
      "expected a renderer of rows or weights");
}

BOOST_AUTO_TEST_CASE(a_renderer_must_declare_sound_needs) {
  BOOST_TEST(renderer_error([](RendererNeeds&) {}) ==
             "hook fake: renderer fake: it declares no need");
  BOOST_TEST(renderer_error([](RendererNeeds& needs) { needs.weights("", "parameter"); }) ==
             "hook fake: renderer fake: it names no parameter");
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
