#include "assay/hook.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "assay/acts.h"
#include "assay/error.h"
#include "assay/text.h"
#include "runner/conformance/neutral.h"
#include "runner/conformance/suites.h"
#include "runner/hooks/needs.h"
#include "runner/hooks/timetable.h"
#include "runner/hooks/trigger.h"
#include "runner/logging/stored_content.h"
#include "runner/plan/tag.h"

namespace assay::conformance {
namespace {

constexpr std::int64_t steps_per_epoch = 9;

// Records what a hook did, and rejects what it must not do.
class Recorder final : public HookContext {
 public:
  Recorder(const hooks::PreparedHook& hook, std::int64_t step, double value)
      : hook_(hook), step_(step), value_(value) {}

  std::int64_t step() const override { return step_; }
  std::int64_t epoch() const override { return hooks::epoch_of(step_, steps_per_epoch); }
  double value(int number) override {
    if (number < 0 || static_cast<std::size_t>(number) >= hook_.values.size())
      blame(fmt::format("it reads value {}; plan() declared {}", number, hook_.values.size()));
    return value_;
  }
  std::span<const double> values(int number) override {
    value(number);
    numbers_.assign(vector_size, value_);
    return numbers_;
  }
  RowsView rows(int number) override {
    if (number < 0 || static_cast<std::size_t>(number) >= hook_.rows.size()) {
      blame(fmt::format("it reads rows {}; plan() declared {}", number, hook_.rows.size()));
      return {};
    }
    const std::int64_t count =
        std::min(hook_.rows[static_cast<std::size_t>(number)].rows, most_rows);
    const auto n = static_cast<std::size_t>(count);
    samples_ = given_samples_ = spread(n * columns, 5);
    outputs_.assign(n * columns, static_cast<float>(value_));
    classes_.assign(n, 0);
    return {{samples_.data(), count, columns, columns},
            {classes_.data(), DType::int32, {count}},
            {outputs_.data(), count, columns, columns}};
  }
  std::span<const ParameterView> weights() override { return parameters(); }
  std::span<const ParameterView> gradients() override {
    if (!hook_.gradients) blame("it reads gradients that plan() did not declare");
    return of_step();
  }
  std::span<const ParameterView> raw_gradients() override {
    if (!hook_.raw_gradients) blame("it reads raw gradients that plan() did not declare");
    return of_step();
  }
  std::span<const BufferView> buffers() override { return {}; }
  void record(std::string_view tag, ContentType type, const void* content,
              std::size_t size) override {
    note(std::string(name_of(type)), tag);
    if (type == ContentType::scalar)
      told.back() += fmt::format(" {}", static_cast<const Scalar*>(content)->value);
    try {
      const logging::StoredContent valid(type, content, size);
    } catch (const Error& error) {
      blame(fmt::format("it sends a record that cannot be logged: {}", error.what()));
    }
  }
  void picture(std::string_view tag, const Renderer& renderer,
               std::span<const PictureFormat> /*files*/,
               MatrixView<const float> /*values*/) override {
    note("image", tag);
    for (const hooks::PictureNeed& need : hook_.pictures)
      if (need.renderer == &renderer) return;
    blame("it draws a renderer that plan() did not declare");
  }

  /// Returns true if something wrote to what the hook may only look at.
  bool was_changed() const {
    const auto is_given = [this](float number) { return same(number, static_cast<float>(value_)); };
    return !std::ranges::all_of(kernel_, is_given) || !std::ranges::all_of(outputs_, is_given) ||
           samples_ != given_samples_;
  }

  std::set<std::pair<std::string, std::string>> records;  ///< type and tag
  std::vector<std::string> told;  ///< the same, with the values of scalars, in order
  std::string blamed;

 private:
  static constexpr std::size_t vector_size = 10;
  static constexpr std::int64_t columns = 10;
  static constexpr std::int64_t most_rows = 100;

  std::span<const ParameterView> of_step() {
    if (step_ == 0) throw Error("there is no gradient at step 0");
    return parameters();
  }
  std::span<const ParameterView> parameters() {
    kernel_.assign(6, static_cast<float>(value_));
    views_ = {{"layer1.kernel", {2, 3}, Role::kernel, kernel_},
              {"layer1.bias", {3}, Role::bias, std::span(kernel_).first(3)}};
    return views_;
  }
  void note(const std::string& type, std::string_view written) {
    const std::string tag = plan::Tag(std::string(written)).at(step_, epoch());
    if (tag.empty() || !is_line(tag)) blame("it sends a record whose tag is not one line of text");
    else if (const std::string problem = plan::problem_with_tag(tag); !problem.empty())
      blame("it sends a record whose tag cannot be one: " + problem);
    if (!records.emplace(type, tag).second)
      blame(fmt::format("it sends two records of type {} under one tag, {}", type, tag));
    told.push_back(fmt::format("{} {}", type, tag));
  }
  static bool same(float a, float b) { return a == b || (std::isnan(a) && std::isnan(b)); }
  void blame(std::string text) {
    if (blamed.empty()) blamed = std::move(text);
  }

  const hooks::PreparedHook& hook_;
  std::int64_t step_;
  double value_;
  std::vector<double> numbers_;
  std::vector<float> samples_, given_samples_, outputs_, kernel_;
  std::vector<std::int32_t> classes_;
  std::vector<ParameterView> views_;
};

hooks::PreparedHook prepare(const Subject& subject, const plan::Trigger& trigger = {}) {
  hooks::PreparedHook hook = hooks::prepare("hook", subject.make<Hook>(), trigger);
  subject.declare_state(hook.hook);
  return hook;
}

// Notes what a hook does to the run, and rejects what no run would carry out.
class Stage final : public Actions {
 public:
  void stop(std::string_view reason) override {
    if (reason.empty() || !is_line(reason)) throw Error("its reason to stop is not a line of text");
    told.push_back(fmt::format("stop {}", reason));
  }
  void save(std::string_view name) override { note("save", name); }
  void restore(std::string_view name) override { note("restore", name); }
  void set_rate_factor(double factor) override {
    if (!std::isfinite(factor) || factor < 0)
      throw Error(fmt::format("it multiplies the rates by {}", factor));
    told.push_back(fmt::format("factor {}", factor));
  }

  std::vector<std::string> told;

 private:
  void note(const char* what, std::string_view name) {
    if (!is_name(name))
      throw Error(
          fmt::format("it names a checkpoint '{}'; expected lower-case letters, digits and "
                      "underscores",
                      name));
    told.push_back(fmt::format("{} {}", what, name));
  }
};

// Runs the hook and returns the records that it sent and what it did, as text.
std::vector<std::string> run(const hooks::PreparedHook& hook, std::int64_t step, double value) {
  Recorder context(hook, step, value);
  Stage stage;
  try {
    hook.hook.call([&](Hook& h) { h.run(context); });
    if (hook.hook.has<Acts>()) hook.hook.call_facet<Acts>([&](Acts& acts) { acts.act(stage); });
  } catch (const plugin_host::ComponentError& error) {
    throw Failed(fmt::format("at step {} it throws: {}", step, error.message()));
  }
  if (!context.blamed.empty()) throw Failed(fmt::format("at step {} {}", step, context.blamed));
  if (context.was_changed())
    throw Failed(
        fmt::format("at step {} it changes weights, gradients or rows, at which a hook may "
                    "only look; use the facet Acts",
                    step));
  context.told.insert(context.told.end(), stage.told.begin(), stage.told.end());
  return context.told;
}

// Simulates a resumed run: another hook takes up the state in the middle.
std::string resumes(const Subject& subject) {
  const hooks::PreparedHook whole = hooks::prepare("hook", subject.make<Hook>(), {}),
                            resumed = hooks::prepare("hook", subject.make<Hook>(), {});
  state::ComponentState& state = subject.declare_state(whole.hook);
  state::ComponentState& taken_up = subject.declare_state(resumed.hook);
  const auto value = [](std::int64_t step) { return std::sin(static_cast<double>(step)); };
  constexpr std::int64_t half = 20;
  for (std::int64_t step = 1; step <= half; ++step) run(whole, step, value(step));
  taken_up.assign(state);
  for (std::int64_t step = half + 1; step <= 2 * half; ++step)
    require(run(resumed, step, value(step)) == run(whole, step, value(step)),
            "at step {} another hook with the saved state does something else; what must be "
            "remembered belongs into state (facet Stateful)",
            step);
  return fmt::format("{} bytes of state", state.bytes());
}

std::string declares(const Subject& subject) {
  const hooks::PreparedHook first = prepare(subject), second = prepare(subject);
  require(first.values.size() == second.values.size() &&
              first.pictures.size() == second.pictures.size(),
          "made twice it needs {} and {} values, {} and {} pictures", first.values.size(),
          second.values.size(), first.pictures.size(), second.pictures.size());
  return fmt::format("{} values, {} pictures", first.values.size(), first.pictures.size());
}

struct Row {
  const char* text;
  plan::Trigger trigger;
};

// Returns the triggers that a config may have.
std::vector<Row> trigger_table() {
  std::vector<Row> rows;
  const auto add = [&](const char* text) -> plan::Trigger& {
    return rows.emplace_back(Row{text, {}}).trigger;
  };
  add("every: 1").every = 1;
  add("every_epoch: 2").every_epoch = 2;
  add("at: [0]").at = {0};
  add("at: [1, 2, 50]").at = {1, 2, 50};
  add("at_end: true").at_end = true;
  add("times: 3").times = 3;
  plan::Trigger& within = add("every: 10, from: 25, until: 55");
  within.every = 10;
  within.from = 25;
  within.until = 55;
  plan::Trigger& all = add("every: 7, every_epoch: 1, at: [0, 3], at_end: true");
  all.every = 7;
  all.every_epoch = 1;
  all.at = {0, 3};
  all.at_end = true;
  return rows;
}

std::string runs(const Subject& subject) {
  constexpr std::int64_t steps = 120;
  std::size_t records = 0, calls = 0;
  for (const auto& [text, trigger] : trigger_table()) {
    const hooks::PreparedHook hook = prepare(subject, trigger);
    const hooks::Timetable timetable(hook.trigger, steps, steps_per_epoch);
    for (const std::int64_t step : timetable.first(steps + 1)) {
      if (step == 0 && hook.reads_gradients()) continue;  // refused before such a run
      try {
        records += run(hook, step, 1 / (1 + static_cast<double>(step))).size();
      } catch (const Failed& failed) {
        throw Failed(fmt::format("with {{{}}} {}", text, failed.what()));
      }
      ++calls;
    }
  }
  require(records > 0, "it says nothing, and does nothing, in {} calls", calls);
  run(prepare(subject), 1'000'000'000'000, 0.5);  // the first call in a resumed run
  return fmt::format("{} records in {} calls", records, calls);
}

std::string odd_values(const Subject& subject) {
  using Limits = std::numeric_limits<double>;
  const hooks::PreparedHook hook = prepare(subject);
  std::int64_t step = 0;
  for (const double value : {Limits::quiet_NaN(), Limits::infinity(), -Limits::infinity(),
                             Limits::max(), -0.0, Limits::denorm_min()})
    run(hook, ++step, value);
  return {};
}

}  // namespace

Suite hook_suite(const Subject& subject) {
  return {
      {"declares its needs alike each time", [subject] { return declares(subject); }},
      {"runs at the steps of any trigger", [subject] { return runs(subject); }},
      {"takes values that are not finite", [subject] { return odd_values(subject); }},
      {"all state is the host's", [subject] { return resumes(subject); }},
  };
}

}  // namespace assay::conformance
