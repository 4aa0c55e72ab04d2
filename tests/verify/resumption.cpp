// That a run which is taken up is the same is proved by running, and what makes it another one is
// named.
#include "runner/verify/resumption.h"

#include <boost/test/unit_test.hpp>

#include "tests/verify/small_runs.h"

using namespace assay;
using namespace assay::test;

namespace {

struct Runs : SmallRuns {
  verify::Proof prove(const std::vector<std::string>& overrides,
                      std::optional<std::int64_t> steps = std::nullopt) {
    const verify::Prepare prepared = [&](const std::filesystem::path& folder,
                                         const std::vector<std::string>& more) {
      std::vector<std::string> all = overrides;
      all.insert(all.end(), more.begin(), more.end());
      return prepare(folder, all);
    };
    auto proof = verify::prove_resume(prepared, host, steps, stop);
    BOOST_REQUIRE(proof.has_value());
    return *std::move(proof);
  }
};

std::string shown(const verify::Proof& proof) {
  std::string text;
  for (const auto& each : proof.differences)
    text += std::to_string(each.step) + " " + each.thing + ": " + each.how + "\n";
  return text;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(resumption, Runs)

BOOST_AUTO_TEST_CASE(the_steps_that_are_tried) {
  using Steps = std::vector<std::int64_t>;
  BOOST_TEST(verify::default_steps(3000, 1) == 10);
  BOOST_TEST(verify::default_steps(3000, 12) == 24);
  BOOST_TEST(verify::default_steps(3000, 2'000'000) == 100);
  BOOST_TEST(verify::default_steps(4, 12) == 4);
  BOOST_CHECK(verify::steps_to_take_up(10, 5) == (Steps{1, 5, 7}));
  BOOST_CHECK(verify::steps_to_take_up(10, 1) == (Steps{1, 5}));
  BOOST_CHECK(verify::steps_to_take_up(40, 625) == (Steps{1, 20}));
  BOOST_CHECK(verify::steps_to_take_up(40, 60) == (Steps{1, 30}));
  BOOST_CHECK(verify::steps_to_take_up(2, 5) == (Steps{1}));
  BOOST_CHECK(verify::steps_to_take_up(1, 5).empty());
}

BOOST_AUTO_TEST_CASE(a_run_with_all_its_state_is_the_same) {
  const verify::Proof proof = prove({});
  BOOST_TEST(proof.differences.empty(), shown(proof));
  BOOST_TEST(proof.not_compared.empty());
  BOOST_TEST(proof.steps == 10);
  BOOST_TEST(proof.steps_of_plan == 30);
  BOOST_TEST(proof.steps_per_epoch == 5);
  BOOST_CHECK(proof.taken_up == (std::vector<std::int64_t>{1, 5, 7}));
  BOOST_TEST(prove({"loggers=[]"}).not_compared.size() == 1U);
}

BOOST_AUTO_TEST_CASE(an_optimizer_with_hidden_state_is_named) {
  const verify::Proof proof = prove({"optimizer={type: forgetful_optimizer}"});
  BOOST_REQUIRE(!proof.differences.empty());
  const verify::Difference& first = proof.differences.front();
  BOOST_TEST(first.taken_up == 1);
  BOOST_TEST(first.step == 2);
  BOOST_TEST(first.thing == "layer1.bias");
  BOOST_TEST(first.how.find(" was ") != std::string::npos);
  BOOST_TEST(first.components.front() == "optimizer 'forgetful_optimizer' (plugin 'forgetful')");
}

// Any of them may be the one, so none is left out, and neither are those nested in them.
BOOST_AUTO_TEST_CASE(all_components_that_may_hide_state_are_named) {
  const verify::Proof proof = prove(
      {"optimizer={type: forgetful_optimizer}", "transforms=[standardize]",
       "gradient_transforms=[{type: clip_by_global_norm, max_norm: {type: cosine, init_value: "
       "1}}]",
       "+hooks.counts={type: forgetful_hook, every: 1}"});
  BOOST_REQUIRE(!proof.differences.empty());
  const std::vector<std::string>& named = proof.differences.front().components;
  BOOST_TEST(named.front() == "optimizer 'forgetful_optimizer' (plugin 'forgetful')");
  for (const char* each : {"gradient_transform 'clip_by_global_norm'", "schedule 'cosine'",
                           "loss 'softmax_cross_entropy'", "model 'mlp'", "transform 'standardize'",
                           "dataset 'synthetic'", "hook counts of type 'forgetful_hook'"})
    BOOST_TEST(std::ranges::count_if(
                   named, [&](const std::string& name) { return name.starts_with(each); }) == 1,
               each);
}

BOOST_AUTO_TEST_CASE(a_hook_with_hidden_state_is_named) {
  const verify::Proof proof = prove({"+hooks.counts={type: forgetful_hook, every: 3}"});
  BOOST_REQUIRE(proof.differences.size() == 2U);
  BOOST_TEST(proof.differences[0].taken_up == 5);
  BOOST_TEST(proof.differences[0].step == 6);
  BOOST_TEST(proof.differences[0].thing == "last_values/times");
  BOOST_TEST(proof.differences[0].how == "element 0 of 1 was 2 and is 1");
  BOOST_TEST(proof.differences[1].thing == "metrics.jsonl");
  for (const verify::Difference& each : proof.differences)
    BOOST_TEST(each.components.front() ==
               "hook counts of type 'forgetful_hook' (plugin 'forgetful')");
}

BOOST_AUTO_TEST_CASE(a_transform_that_draws_by_chance_differs_without_being_taken_up) {
  const verify::Proof proof = prove({"transforms=[random_transform]"});
  BOOST_REQUIRE(!proof.differences.empty());
  const verify::Difference& first = proof.differences.front();
  BOOST_TEST(first.taken_up == 0);
  BOOST_TEST(first.step == 1);
  BOOST_TEST(first.thing == "epoch_loss/sum");
  const std::vector<std::string> suspects = {"loss 'softmax_cross_entropy' (plugin 'losses')",
                                             "model 'mlp' (plugin 'mlp')",
                                             "transform 'random_transform' (plugin 'forgetful')",
                                             "dataset 'synthetic' (plugin 'datasets')"};
  BOOST_TEST(first.components == suspects, boost::test_tools::per_element());
  // The optimizer follows.
  BOOST_REQUIRE(!first.also.empty());
  BOOST_TEST(first.also.front() == "optimizer 'adam' (plugin 'optimizers')");
  BOOST_TEST(proof.taken_up.empty());
}

BOOST_AUTO_TEST_CASE(a_run_that_fails_proves_nothing) {
  BOOST_CHECK_THROW(prove({"optimizer={type: sgd, learning_rate: 1e30}"}), Error);
}

BOOST_AUTO_TEST_CASE(a_signal_ends_it) {
  stop = 15;
  BOOST_TEST(prove({}).is_stopped);
}

BOOST_AUTO_TEST_SUITE_END()
