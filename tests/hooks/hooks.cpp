#include "runner/hooks/hooks.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>

#include "assay/error.h"
#include "tests/hooks/fake_hook.h"
#include "tests/support/component.h"
#include "tests/support/fake_logging.h"
#include "tests/support/handle.h"
#include "tests/train/digits_network.h"

using namespace assay;
using namespace assay::test;

namespace {

constexpr double batch_loss = 0.75;
constexpr assay::hooks::TrainingLoss loss = {batch_loss, 0.5};

class NeverFinite final : public Metric {
 public:
  std::size_t state_size() const override { return 0; }
  void accumulate(const MetricBlock& /*block*/, std::span<double> /*state*/) const override {}
  void evaluate(const MetricTotals& /*totals*/, std::span<double> values) const override {
    values[0] = std::numeric_limits<double>::quiet_NaN();
  }
};

/// Halves the samples, and in training drops them.
class Halved final : public Transform {
 public:
  Shape shape(const Shape& sample) override { return sample; }
  void apply(const TransformPass& pass, MatrixView<const float> x,
             MatrixView<float> y) const override {
    for (std::int64_t r = 0; r < x.rows; ++r)
      for (std::int64_t i = 0; i < x.columns; ++i)
        y.row(r)[i] = pass.mode == Mode::training ? 0 : x.row(r)[i] / 2;
  }
};

// JAX's state of step 100, and hooks that fire on it.
class Run {
 public:
  hooks::Hooks& hooks(std::vector<assay::hooks::PreparedHook> hooks,
                      std::int64_t steps_per_epoch = 1) {
    return hooks_.emplace(
        std::move(hooks),
        assay::hooks::Observed{metrics, splits, *network, *update, rates, buffers}, log,
        assay::hooks::RunLength{steps, steps_per_epoch},
        [this](const std::string& message) { reports.push_back(message); });
  }
  /// Replaces the network by one that has only this metric.
  void measure_only(plugin_host::Handle<Metric> metric) {
    train::Network::Components components{
        handle(make<Model>("mlp"), "mlp"),
        handle(make<Loss>("softmax_cross_entropy"), "softmax_cross_entropy"),
        {std::move(metric)}};
    auto description = train::describe(components.model, {8, 8}, 10);
    update.reset();
    network = std::make_unique<train::Network>(std::move(components), std::move(description),
                                               train::LaneRule(), team, 0, 1347);
    set_weights(*network, state);
    update.emplace(handle(make<Optimizer>("sgd", "{learning_rate: 0.05}"), "sgd"), *network, team);
  }
  /// Replaces the network by one behind this transform, which leaves the shape as it is.
  void transform(plugin_host::Handle<Transform> transform) {
    train::Transforms transforms({8, 8}, 0);
    transforms.add(std::move(transform));
    train::Network::Components components{
        handle(make<Model>("mlp"), "mlp"),
        handle(make<Loss>("softmax_cross_entropy"), "softmax_cross_entropy"),
        {handle(make<Metric>("loss"), "loss"), handle(make<Metric>("accuracy"), "accuracy")},
        std::move(transforms)};
    auto description = train::describe(components.model, {8, 8}, 10);
    update.reset();
    network = std::make_unique<train::Network>(std::move(components), std::move(description),
                                               train::LaneRule(), team, 0, 1347);
    set_weights(*network, state);
    update.emplace(handle(make<Optimizer>("sgd", "{learning_rate: 0.05}"), "sgd"), *network, team);
  }
  const std::vector<Told::Record>& logged() {
    log.finish(Outcome::finished);
    return told.records;
  }

  std::vector<std::string> metrics = {"loss", "accuracy"};
  Digits digits;
  train::ThreadTeam team{2};
  Safetensors state = jax_state(100);
  std::unique_ptr<train::Network> network = [this] {
    auto made = digits_network(team);
    set_weights(*made, state);
    return made;
  }();
  std::optional<train::Update> update{
      std::in_place, handle(make<Optimizer>("sgd", "{learning_rate: 0.05}"), "sgd"), *network,
      team};
  std::vector<plugin_host::NamedRate> rates;
  std::vector<state::NamedTensor> buffers;
  std::int64_t steps = 100;
  assay::hooks::Splits splits = {{"train", digits.train}, {"test", digits.test}};
  Told told;
  SilentTerminal terminal;
  std::vector<std::string> reports;
  std::vector<logging::Picture> painted;
  logging::Log log{logging::Loggers(named(), {}, terminal, [](const std::string&) {}),
                   [this](const logging::Picture& picture, PictureFormat) {
                     painted.push_back({picture.renderer, picture.snapshot, picture.files});
                     return std::vector<std::byte>(1);
                   },
                   [](std::string_view, std::span<const std::byte>) {}};

 private:
  std::vector<logging::Loggers::Named> named() {
    std::vector<logging::Loggers::Named> loggers;
    loggers.push_back(fake_logger(told));
    return loggers;
  }
  std::optional<assay::hooks::Hooks> hooks_;
};

assay::hooks::PreparedHook logs(std::string value, plan::Trigger trigger = {.every = 1},
                                std::string tag = {}) {
  if (tag.empty()) tag = value;
  return fake_hook(
      tag, trigger, [value](HookNeeds& needs) { needs.value(value, "value"); },
      [tag](HookContext& context) { context.scalar(tag, context.value(0)); });
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(hooks, Run)

BOOST_AUTO_TEST_CASE(values_are_those_of_the_reference) {
  auto& hooks = this->hooks(
      {logs("train.loss"), logs("test.loss"), logs("test.accuracy"), logs("batch.loss")});
  BOOST_CHECK(!hooks.fire(1, loss));
  const auto& records = logged();
  BOOST_REQUIRE(records.size() == 4U);
  const auto expected = [&](const char* name) { return std::stod(state.metadata.at(name)); };
  BOOST_TEST_MESSAGE("deviations of the losses: " << records[0].value / expected("train_loss") - 1
                                                  << ", "
                                                  << records[1].value / expected("test_loss") - 1);
  BOOST_TEST(records[0].value == expected("train_loss"), boost::test_tools::tolerance(1e-5));
  BOOST_TEST(records[1].value == expected("test_loss"), boost::test_tools::tolerance(1e-5));
  BOOST_TEST(std::abs(records[2].value * 450 - expected("test_hits_of_450")) < 1.5);
  BOOST_TEST(records[3].value == batch_loss);
}

BOOST_AUTO_TEST_CASE(a_hook_sees_weights_gradients_buffers_rows_and_vectors) {
  const double mean[] = {1, 2, 3};
  bool ran = false;
  const auto look = [&](HookContext& context) {
    ran = true;
    const auto& parameters = network->description().parameters;
    const auto weights = context.weights(), gradients = context.gradients();
    BOOST_REQUIRE(weights.size() == parameters.size());
    BOOST_REQUIRE(gradients.size() == parameters.size());
    double squares = 0;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      BOOST_TEST(weights[i].name == parameters[i].name);
      BOOST_CHECK(weights[i].shape == parameters[i].shape);
      BOOST_CHECK(weights[i].role == parameters[i].role);
      BOOST_TEST(weights[i].values.data() == network->weights().values(i).data());
      BOOST_TEST(gradients[i].name == parameters[i].name);
      for (const float g : gradients[i].values) squares += double{g} * double{g};
    }
    BOOST_TEST(std::sqrt(squares) == update->gradient_norm(), boost::test_tools::tolerance(1e-12));

    const RowsView rows = context.rows(0);
    BOOST_TEST(rows.samples.rows == 35);
    BOOST_TEST(rows.outputs.rows == 35);
    BOOST_TEST(rows.outputs.columns == 10);
    BOOST_TEST(rows.targets.shape[0] == 35);
    const auto outputs = network->evaluate(*digits.test, {{}, 35}, 1).outputs;
    BOOST_TEST(std::equal(outputs.begin(), outputs.end(), rows.outputs.data));
    BOOST_TEST(context.rows(1).outputs.rows == 450);  // the split is shorter

    BOOST_TEST(context.values(0).size() == 1U);
    BOOST_TEST(context.values(0)[0] == context.value(0));
    BOOST_TEST(context.values(1)[0] == batch_loss);
    BOOST_REQUIRE(context.buffers().size() == 1U);
    BOOST_TEST(context.buffers()[0].name == "mean");
    BOOST_TEST(context.buffers()[0].values.values<const double>()[2] == 3);
    BOOST_CHECK_THROW(context.rows(2), std::logic_error);
    BOOST_CHECK_THROW(context.values(-1), std::logic_error);
  };
  buffers = {state::named_tensor("mean", {3}, std::span<const double>(mean))};
  auto& hooks = this->hooks({fake_hook(
      "look", {.every = 1},
      [](HookNeeds& needs) {
        BOOST_TEST(needs.values("test.accuracy", "") == 0);
        BOOST_TEST(needs.value("batch.loss", "") == 1);
        BOOST_TEST(needs.rows("test", 35, "") == 0);
        BOOST_TEST(needs.rows("test", 1000, "") == 1);
        needs.gradients();
      },
      look)});
  const LossSum sum = network->gradient({digits.train.get(), {}}, 0);
  update->apply(0, sum.weight);
  hooks.fire(1, loss);
  BOOST_TEST(ran);
  BOOST_TEST(reports.empty());
}

BOOST_AUTO_TEST_CASE(a_hook_sees_the_gradient_before_and_after_transforms) {
  const auto look_with = [&](bool clips) {
    std::vector<double> norms;  // before, after
    const auto norm = [](std::span<const ParameterView> gradients) {
      double squares = 0;
      for (const ParameterView& gradient : gradients)
        for (const float g : gradient.values) squares += double{g} * double{g};
      return std::sqrt(squares);
    };
    auto sgd = handle(make<Optimizer>("sgd", "{learning_rate: 0.05}"), "sgd");
    std::vector<train::PreparedTransform> transforms;
    if (clips)
      transforms.push_back(train::prepare(
          "clip",
          handle(make<GradientTransform>("clip_by_global_norm", "{max_norm: 0.001}"), "clip")));
    set_weights(*network, state);
    update.emplace(sgd, train::declared_slots(sgd), *network, team, std::move(transforms),
                   train::RawGradientUse{.values = true, .norm = true});
    auto look = fake_hook(
        "look", {.every = 1},
        [](HookNeeds& needs) {
          needs.gradients();
          needs.raw_gradients();
          needs.value("batch.gradient_norm", "");
        },
        [&](HookContext& context) {
          BOOST_TEST(context.raw_gradients()[1].name == context.gradients()[1].name);
          norms = {norm(context.raw_gradients()), norm(context.gradients()), context.value(0)};
        });
    auto& hooks = this->hooks({look});
    update->apply(0, network->gradient({digits.train.get(), {}}, 0).weight);
    hooks.fire(1, loss);
    return norms;
  };
  const auto plain = look_with(false), clipped = look_with(true);
  BOOST_TEST(reports.empty());
  BOOST_REQUIRE(plain.size() == 3U);
  BOOST_REQUIRE(clipped.size() == 3U);
  BOOST_TEST(plain[0] == plain[1]);
  BOOST_TEST(clipped[0] == plain[0]);
  BOOST_TEST(clipped[1] == 0.001, boost::test_tools::tolerance(1e-6));
  BOOST_TEST(clipped[2] == plain[2]);
  BOOST_TEST(clipped[2] == clipped[0], boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(what_a_hook_did_not_declare_it_cannot_read) {
  auto& hooks = this->hooks({fake_hook(
      "look", {.every = 1}, [](HookNeeds&) {},
      [](HookContext& context) {
        BOOST_CHECK_THROW(context.gradients(), std::logic_error);
        BOOST_CHECK_THROW(context.raw_gradients(), std::logic_error);
        BOOST_CHECK_THROW(context.rows(0), std::logic_error);
        BOOST_CHECK_THROW(context.values(0), std::logic_error);
        BOOST_TEST(context.buffers().empty());
      })});
  hooks.fire(1, loss);
  BOOST_TEST(reports.empty());
}

BOOST_AUTO_TEST_CASE(values_of_training_are_those_of_the_step_just_done) {
  rates = {{"learning_rate", 0.05}, {"momentum", 0.9}};
  auto& hooks =
      this->hooks({logs("batch.loss"), logs("epoch.loss"), logs("optimizer.momentum"),
                   logs("optimizer.learning_rate"), logs("batch.gradient_norm", {.at = {2}})});
  hooks.fire(1, loss);
  const LossSum sum = network->gradient({digits.train.get(), {}}, 1);
  update->apply(1, sum.weight);
  const double norm = update->gradient_norm();
  hooks.fire(2, loss);
  const auto& records = logged();
  BOOST_REQUIRE(records.size() == 9U);
  BOOST_TEST(records[0].value == batch_loss);
  BOOST_TEST(records[1].value == 0.5);
  BOOST_TEST(records[2].value == 0.9);
  BOOST_TEST(records[3].value == 0.05);
  BOOST_TEST(records[8].value == norm);
  BOOST_TEST(norm > 0);
}

BOOST_AUTO_TEST_CASE(a_rate_that_the_optimizer_does_not_use_ends_the_hook) {
  this->hooks({logs("optimizer.learning_rate")}).fire(1, loss);
  BOOST_REQUIRE(reports.size() == 1U);
  BOOST_TEST(reports[0].ends_with("the optimizer does not use its option 'learning_rate'"));
}

BOOST_AUTO_TEST_CASE(a_split_is_evaluated_at_most_once_a_step) {
  const auto renderer =
      fake_renderer([](RendererNeeds& needs) { needs.outputs("test", 7, "split"); });
  auto sheet = fake_hook(
      "sheet", {.every = 2}, [&](HookNeeds& needs) { needs.renderer(renderer_of(*renderer)); },
      [&](HookContext& context) { context.picture("Sheet", renderer_of(*renderer), {}); },
      renderer);
  auto& hooks = this->hooks({logs("test.loss"), logs("test.loss", {.every = 1}, "again"),
                             logs("test.accuracy"), sheet, logs("train.loss", {.every = 4})});
  hooks.fire(1, loss);
  BOOST_TEST(hooks.evaluations() == 1);
  hooks.fire(2, loss);
  BOOST_TEST(hooks.evaluations() == 2);
  hooks.fire(4, loss);
  BOOST_TEST(hooks.evaluations() == 4);
  BOOST_TEST(logged().size() == 3U * 3 + 2 + 1);
}

BOOST_AUTO_TEST_CASE(nothing_is_evaluated_when_nobody_asks) {
  auto& hooks = this->hooks({logs("batch.loss"), logs("test.loss", {.every = 10})});
  for (std::int64_t step = 0; step < 10; ++step) hooks.fire(step, loss);
  BOOST_TEST(hooks.evaluations() == 0);
  hooks.fire(10, loss);
  BOOST_TEST(hooks.evaluations() == 1);
  BOOST_TEST(logged().size() == 11U);
}

BOOST_AUTO_TEST_CASE(steps_epochs_and_tags_reach_the_log) {
  auto tell = fake_hook(
      "tell", {.at = {8, 1, 0, 5, 4}}, [](HookNeeds&) {},
      [](HookContext& context) {
        context.scalar("${step} of ${epoch}", static_cast<double>(context.epoch()));
        context.text("note ${step}", "**bold**");
      });
  auto& hooks = this->hooks({tell}, 4);
  for (std::int64_t step = 0; step <= 8; ++step) hooks.fire(step, loss);
  const auto& records = logged();
  const std::vector<std::string> tags = {"0 of 0", "1 of 1", "4 of 1", "5 of 2", "8 of 2"};
  BOOST_REQUIRE(records.size() == 2 * tags.size());
  for (std::size_t i = 0; i < tags.size(); ++i) BOOST_TEST(records[2 * i].tag == tags[i]);
  BOOST_TEST(records[9].tag == "note 8");
  BOOST_TEST(records[9].content == "**bold**");
  BOOST_TEST(records[9].step == 8);
}

BOOST_AUTO_TEST_CASE(a_hook_may_log_any_content) {
  auto tell = fake_hook(
      "tell", {.at = {1}}, [](HookNeeds&) {},
      [](HookContext& context) {
        std::string text = "at ${step}";
        context.log("note ${step}", Text{text});
        text.assign(text.size(), '#');  // it is the hook's own again
        context.log("number", Scalar{0.25});
        const NamedValue values[] = {{"rate", TypedValue(0.5)}};
        context.log("choices", HyperParameters{values, {}});
        context.log("graph", Graph{});
      });
  auto& hooks = this->hooks({tell});
  hooks.fire(1, loss);
  BOOST_TEST(hooks.failures().empty());
  const auto& records = logged();
  BOOST_REQUIRE(records.size() == 4U);
  BOOST_TEST(records[0].tag == "note 1");
  BOOST_TEST(records[0].content == "at ${step}");
  BOOST_TEST(records[1].value == 0.25);
  BOOST_CHECK(records[2].type == ContentType::hyper_parameters);
  BOOST_CHECK(records[3].type == ContentType::graph);
  BOOST_TEST(records[3].step == 1);
}

BOOST_AUTO_TEST_CASE(a_content_that_breaks_a_rule_is_its_hooks_error) {
  auto tell = fake_hook(
      "tell", {.every = 1}, [](HookNeeds&) {},
      [](HookContext& context) { context.log("weights", Histogram{}); });
  auto& hooks = this->hooks({tell});
  hooks.fire(1, loss);
  BOOST_REQUIRE(hooks.failures().size() == 1U);
  BOOST_TEST(hooks.failures()[0] ==
             "hooks.tell failed at step 1 and is left out from now on: the record of the tag "
             "'weights' cannot be logged: a histogram has 0 edges and 0 counts; expected at least "
             "one count, and one edge more");
  BOOST_TEST(hooks.owners().empty());
  BOOST_TEST(logged().empty());
}

// Two curves must not mix, and the loaders of event files must be able to read every tag.
BOOST_AUTO_TEST_CASE(a_tag_is_a_line_of_one_hook) {
  auto& hooks = this->hooks(
      {logs("batch.loss", {.every = 1}, "a"), logs("batch.loss", {.every = 1}, "b/a"),
       fake_hook(
           "b", {.every = 1}, [](HookNeeds&) {},
           [](HookContext& context) { context.scalar("b/a", 1); }),
       logs("batch.loss", {.every = 1}, "\xff\xfe"), logs("batch.loss", {.every = 1}, "two\nlines"),
       logs("batch.loss", {.every = 1}, "ä 日本")});
  for (std::int64_t step = 1; step <= 2; ++step) hooks.fire(step, loss);
  BOOST_TEST(logged().size() == 6U);
  BOOST_REQUIRE(hooks.failures().size() == 3U);
  BOOST_TEST(hooks.failures()[0].ends_with(
      "the tag 'b/a' belongs to hooks.b/a; another curve needs another tag"));
  BOOST_TEST(hooks.failures()[1].ends_with("a tag is one line of text, found '\\xff\\xfe'"));
  BOOST_TEST(hooks.failures()[2].ends_with("a tag is one line of text, found 'two\\nlines'"));
}

BOOST_AUTO_TEST_CASE(a_run_that_goes_on_knows_who_owns_which_tag) {
  const auto says = [](const std::string& name, const std::string& tag) {
    return fake_hook(
        name, {.every = 1}, [](HookNeeds&) {},
        [tag](HookContext& context) { context.scalar(tag, 1); });
  };
  auto& hooks = this->hooks({says("a", "at ${step}"), says("b", "at 3")});
  hooks.restore_owners({{"at 1", "a"}, {"at 3", "a"}, {"at 2", "gone"}});
  hooks.fire(2, loss);
  BOOST_REQUIRE(hooks.failures().size() == 1U);
  BOOST_TEST(hooks.failures()[0].ends_with(
      "the tag 'at 3' belongs to hooks.a; another curve needs another tag"));
  const std::map<std::string, std::string> owners = {{"at 1", "a"}, {"at 2", "a"}, {"at 3", "a"}};
  BOOST_CHECK(hooks.owners() == owners);
}

BOOST_AUTO_TEST_CASE(a_picture_takes_rows_and_outputs_of_its_step) {
  const auto renderer =
      fake_renderer([](RendererNeeds& needs) { needs.outputs("test", 70, "split"); });
  const auto samples =
      fake_renderer([](RendererNeeds& needs) { needs.samples("train", 5000, "split"); });
  const auto draw = [](const std::shared_ptr<plugin_host::Object>& with, std::string tag) {
    return fake_hook(
        "draw", {.at = {3}}, [=](HookNeeds& needs) { needs.renderer(renderer_of(*with)); },
        [=](HookContext& context) {
          const PictureFormat svg[] = {PictureFormat::svg};
          context.picture(tag + " ${step}", renderer_of(*with), svg);
        },
        with);
  };
  auto& hooks = this->hooks({draw(renderer, "Tested"), draw(samples, "Trained")});
  hooks.fire(3, loss);
  const auto whole = network->evaluate(*digits.test, {{}, 450}, 3).outputs;
  set_weights(*network, jax_state(0));  // the picture keeps the outputs of its own step
  BOOST_TEST(logged().size() == 2U);
  BOOST_REQUIRE(painted.size() >= 2U);
  const auto& tested = painted.front().snapshot;
  BOOST_TEST(tested.step() == 3);
  BOOST_TEST(tested.bytes() == 700 * sizeof(float));
  BOOST_REQUIRE(tested.view().rows.size() == 1U);
  const RowsView rows = tested.view().rows[0];
  BOOST_TEST(rows.outputs.rows == 70);
  BOOST_TEST(rows.outputs.columns == 10);
  BOOST_TEST(std::ranges::equal(std::span(rows.outputs.data, 700), std::span(whole).first(700)));
  BOOST_TEST(rows.samples.data == digits.test->samples().data);  // shared, not copied
  BOOST_TEST(rows.targets.shape[0] == 70);
  const auto& trained = painted.back().snapshot;
  BOOST_TEST(trained.bytes() == 0U);
  BOOST_TEST(trained.view().rows[0].samples.rows == 1347);
  BOOST_TEST(trained.view().rows[0].outputs.empty());
}

BOOST_AUTO_TEST_CASE(a_picture_takes_weights_and_the_values_of_its_hook) {
  const auto renderer = fake_renderer([](RendererNeeds& needs) {
    needs.weights("layer2.bias", "parameter");
    needs.values();
  });
  auto draw = fake_hook(
      "draw", {.at = {3}}, [&](HookNeeds& needs) { needs.renderer(renderer_of(*renderer), true); },
      [&](HookContext& context) {
        const float numbers[] = {1, 2, -1, 3, 4, -1};  // two columns of three
        context.picture("Drawn", renderer_of(*renderer), {}, {numbers, 2, 2, 3});
      },
      renderer);
  draw.pictures.at(0).needed.weights.at(0).index = 3;
  auto& hooks = this->hooks({draw});
  const auto bias = network->weights().values(3);
  const std::vector<float> before(bias.begin(), bias.end());
  hooks.fire(3, loss);
  bias[0] += 1;  // the picture keeps the weights of its own step
  BOOST_TEST(logged().size() == 1U);
  const Snapshot drawn = painted.at(0).snapshot.view();
  BOOST_TEST(drawn.rows.empty());
  BOOST_TEST(drawn.sample_shape.elements() == 64);
  BOOST_TEST(drawn.class_names.size() == 10U);
  BOOST_TEST(drawn.weights[0].name == network->description().parameters[3].name);
  BOOST_TEST(drawn.weights[0].values == before, boost::test_tools::per_element());
  const std::vector<float> values(drawn.values.data, drawn.values.data + 4), expected{1, 2, 3, 4};
  BOOST_TEST(values == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_hook_that_throws_is_reported_once_and_left_out) {
  int calls = 0;
  auto bad = fake_hook(
      "bad", {.every = 1}, [](HookNeeds& needs) { needs.value("train.loss", "value"); },
      [&](HookContext& context) {
        ++calls;
        if (context.step() == 2) throw Error("no paper");
      });
  auto& hooks = this->hooks({logs("batch.loss"), bad, logs("test.loss")});
  for (std::int64_t step = 1; step <= 4; ++step) hooks.fire(step, loss);
  const std::string message = "hooks.bad failed at step 2 and is left out from now on: no paper";
  BOOST_TEST(calls == 2);
  BOOST_TEST(reports == std::vector{message}, boost::test_tools::per_element());
  BOOST_TEST(hooks.failures() == std::vector{message}, boost::test_tools::per_element());
  BOOST_TEST(hooks.evaluations() == 4 + 2);  // train is evaluated only while it is needed
  BOOST_TEST(logged().size() == 8U);
}

BOOST_AUTO_TEST_CASE(what_was_not_declared_cannot_be_had) {
  const auto renderer =
      fake_renderer([](RendererNeeds& needs) { needs.samples("test", 1, "split"); });
  auto ask = fake_hook(
      "ask", {.every = 1}, [](HookNeeds&) {}, [](HookContext& context) { context.value(0); });
  auto draw = fake_hook(
      "draw", {.every = 1}, [](HookNeeds&) {},
      [&](HookContext& context) { context.picture("x", renderer_of(*renderer), {}); });
  this->hooks({ask, draw}).fire(1, loss);
  BOOST_REQUIRE(reports.size() == 2U);
  BOOST_TEST(reports[0].ends_with(": value 0 was not declared by plan()"));
  BOOST_TEST(reports[1].ends_with(": a picture of a renderer that plan() did not declare"));
}

BOOST_AUTO_TEST_CASE(a_bad_loss_is_found_where_a_split_was_evaluated) {
  auto& hooks = this->hooks({logs("test.loss", {.every = 2}), logs("test.accuracy")});
  network->weights().values(0)[5] = std::numeric_limits<float>::quiet_NaN();
  BOOST_CHECK(!hooks.fire(1, loss));
  const auto bad = hooks.fire(2, loss);
  BOOST_REQUIRE(bad.has_value());
  BOOST_TEST(bad->name == "test.loss");
  BOOST_TEST(bad->split == "test");
  BOOST_TEST(!std::isfinite(bad->value));
}

// Neither the name of a value nor that of its plugin makes it the loss of the run.
BOOST_AUTO_TEST_CASE(a_loss_may_have_another_name) {
  metrics = {"mean", "loss"};
  auto& hooks = this->hooks({logs("test.mean", {.every = 2}), logs("test.loss")});
  network->weights().values(0)[5] = std::numeric_limits<float>::quiet_NaN();
  BOOST_CHECK(!hooks.fire(1, loss));  // what is called loss here is the accuracy
  const auto bad = hooks.fire(2, loss);
  BOOST_REQUIRE(bad.has_value());
  BOOST_TEST(bad->name == "test.mean");
}

BOOST_AUTO_TEST_CASE(a_metric_that_is_not_finite_is_bad_only_if_the_loss_is_not) {
  metrics = {"undefined"};
  measure_only(handle<Metric>(std::make_unique<NeverFinite>(), "loss"));
  auto& hooks = this->hooks({logs("test.undefined")});
  BOOST_CHECK(!hooks.fire(1, loss));
  network->weights().values(0)[5] = std::numeric_limits<float>::quiet_NaN();
  const auto bad = hooks.fire(2, loss);
  BOOST_REQUIRE(bad.has_value());
  BOOST_TEST(bad->name == "test.undefined");
}

BOOST_AUTO_TEST_CASE(rows_are_shown_as_the_model_gets_them) {
  transform(handle<Transform>(std::make_unique<Halved>(), "halved"));
  const auto samples = digits.test->samples();
  int looked = 0;
  auto& hooks = this->hooks(
      {fake_hook(
           "few", {.every = 1}, [](HookNeeds& needs) { needs.rows("test", 5, ""); },
           [&](HookContext& context) {
             BOOST_TEST(context.rows(0).samples.rows == 5);
             ++looked;
           }),
       fake_hook(
           "look", {.every = 1},
           [](HookNeeds& needs) {
             needs.rows("test", 35, "");
             needs.rows("test", 1000, "");
           },
           [&](HookContext& context) {
             for (const auto& [number, rows] : {std::pair(0, 35), std::pair(1, 450)}) {
               const RowsView view = context.rows(number);
               BOOST_TEST(view.samples.rows == rows);
               for (std::int64_t r = 0; r < rows; ++r)
                 BOOST_TEST(std::ranges::equal(view.samples.row_span(r), samples.row_span(r),
                                               [](float a, float b) { return a == b / 2; }));
             }
             ++looked;
           })});
  hooks.fire(1, loss);
  BOOST_TEST(looked == 2);
}

BOOST_AUTO_TEST_SUITE_END()
