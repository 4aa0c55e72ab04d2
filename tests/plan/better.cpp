#include "runner/plan/better.h"

#include <boost/test/unit_test.hpp>

using namespace assay::plan;
using Mode = BestPlan::Mode;

namespace {

// A plan whose metrics have names of their own.
Content plan_of_metrics() {
  Content plan;
  const auto add = [&plan](const char* name, const char* type) {
    NamedComponent metric;
    metric.name = name;
    metric.component.type = type;
    plan.metrics.push_back(metric);
  };
  add("right", "accuracy");
  add("confusion", "confusion");
  add("strange", "strange");
  add("top.five", "accuracy");
  return plan;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(better_values)

BOOST_AUTO_TEST_CASE(losses_are_better_if_they_are_smaller) {
  const Content plan = plan_of_metrics();
  for (const char* loss : {"test.loss", "eval.loss", "batch.loss", "epoch.loss", "test.rmse"})
    BOOST_CHECK(better(plan, loss) == Mode::min);
}

BOOST_AUTO_TEST_CASE(metrics_are_known_by_their_type_and_results_by_their_name) {
  const Content plan = plan_of_metrics();
  for (const char* value : {"test.accuracy", "test.right", "train.top.five", "test.confusion.f1"})
    BOOST_CHECK(better(plan, value) == Mode::max);
}

BOOST_AUTO_TEST_CASE(what_is_not_known_has_no_direction) {
  const Content plan = plan_of_metrics();
  for (const char* value : {"batch.gradient_norm", "optimizer.learning_rate", "test.strange",
                            "test.confusion.recallx", "no value", ""})
    BOOST_TEST(!better(plan, value).has_value(), value);
}

BOOST_AUTO_TEST_CASE(a_plan_may_say_it) {
  Content plan = plan_of_metrics();
  plan.checkpoints.best = {"test.strange", Mode::max, {}};
  BOOST_CHECK(better(plan, "test.strange") == Mode::max);
  plan.checkpoints.best = {"test.accuracy", Mode::min, {}};
  BOOST_CHECK(better(plan, "test.accuracy") == Mode::min);
}

BOOST_AUTO_TEST_CASE(directions_have_names) {
  for (const Mode mode : {Mode::min, Mode::max}) BOOST_CHECK(mode_called(name_of(mode)) == mode);
  BOOST_TEST(!mode_called("").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
