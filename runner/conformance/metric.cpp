#include "assay/metric.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "runner/conformance/neutral.h"
#include "runner/conformance/refusal.h"
#include "runner/conformance/suites.h"
#include "runner/train/metric_results.h"

namespace assay::conformance {
namespace {

using Handle = plugin_host::Handle<Metric>;

constexpr std::int64_t rows = 61;

struct Setting {
  Handle metric;
  Target target;
  TargetRows targets;
  LentMatrix outputs;
  std::size_t state_size = 0;
  std::size_t value_count = 1;
  state::ComponentState* remembered = nullptr;  // the subject's

  static Setting with(const Handle& metric, const Target& target, std::size_t state_size,
                      std::size_t value_count, int set) {
    const std::int64_t columns = target.classes > 0 ? target.classes : target.shape.elements();
    const auto count = static_cast<std::size_t>(rows * columns);
    return {metric,
            target,
            TargetRows(target, rows, seed_of(4, set)),
            LentMatrix(rows, columns, spread(count, seed_of(3, set))),
            state_size,
            value_count};
  }
  /// Returns the same metric with other numbers.
  Setting other(int set) const { return with(metric, target, state_size, value_count, set); }

  Lent new_state() const {
    Lent state(state_size * sizeof(double));
    std::ranges::fill(state.as<double>(), 0.0);
    return state;
  }
  void accumulate(std::int64_t first, std::int64_t count, const Lent& state) const {
    LossSum loss;  // as if each row's loss were a separate number
    for (std::int64_t row = first; row < first + count; ++row)
      loss += {0.25 + static_cast<double>(row % 7), 1};
    const MatrixView<const float> all = outputs.view();
    const MetricBlock block{all.slice(first, count), targets.rows(first, count), loss};
    metric.call([&](const Metric& m) { m.accumulate(block, state.as<double>()); });
  }
  /// Returns the values of all results.
  std::vector<double> value(const Lent& state) const {
    const Lent values(value_count * sizeof(double));
    MetricTotals totals{state.as<const double>(), rows, {}, {}};
    if (metric.has<WholeSplit>()) {
      totals.outputs = outputs.view();
      totals.targets = targets.view();
    }
    metric.call([&](const Metric& m) { m.evaluate(totals, values.as<double>()); });
    require(values.intact(), "it writes beyond its {} values", value_count);
    return {values.as<double>().begin(), values.as<double>().end()};
  }
  /// Returns the values over one state per lane, each accumulated in blocks, merged in order.
  std::vector<double> value(std::int64_t lane_rows, std::int64_t block_rows) const {
    std::vector<Lent> lanes;
    for (std::int64_t lane = 0; lane < rows; lane += lane_rows) {
      const Lent& state = lanes.emplace_back(new_state());
      const std::int64_t end = std::min(rows, lane + lane_rows);
      for (std::int64_t first = lane; first < end; first += block_rows)
        accumulate(first, std::min(block_rows, end - first), state);
    }
    for (std::size_t i = 1; i < lanes.size(); ++i)
      metric.call(
          [&](const Metric& m) { m.merge(lanes[0].as<double>(), lanes[i].as<const double>()); });
    for (const Lent& lane : lanes)
      require(lane.intact(), "it writes beyond its state of {} numbers", state_size);
    return value(lanes[0]);
  }
};

Setting setting(const Subject& subject) {
  const Handle metric = subject.make<Metric>();
  std::string refusals;
  for (const Target& target : targets()) {
    try {
      metric.call([&](Metric& m) { m.prepare(target); });
      state::ComponentState& remembered = subject.declare_state(metric);
      const train::ResultInfo last = train::results_of(metric).back();
      const std::size_t size = metric.call([](const Metric& m) { return m.state_size(); });
      require(size <= 1 << 24, "its state has {} numbers", size);
      Setting made = Setting::with(metric, target, size, last.first + last.size, 0);
      made.remembered = &remembered;
      return made;
    } catch (const plugin_host::ComponentError& error) {
      require_refusal(error);
      refusals += fmt::format("; for {}: {}", described(target), error.message());
    }
  }
  throw NotRun("it takes none of the targets that are tried" + refusals);
}

bool same(const std::vector<double>& some, const std::vector<double>& others) {
  return std::ranges::equal(some, others, [](double a, double b) {
    return (std::isnan(a) && std::isnan(b)) || a == b ||
           std::abs(a - b) <= 1e-9 * std::max(1.0, std::abs(b));
  });
}

// Returns the first values as text.
std::string text_of(const std::vector<double>& values) {
  constexpr std::size_t most = 4;
  std::string text;
  for (std::size_t i = 0; i < std::min(values.size(), most); ++i)
    text += fmt::format("{}{}", i == 0 ? "" : ", ", values[i]);
  return values.size() > most ? text + ", ..." : text;
}

std::string takes_targets(const Subject& subject) {
  const Setting s = setting(subject);
  const std::vector<double> values = s.value(rows, rows);
  for (const double value : values)
    require(std::isfinite(value), "its value over {} rows is {}", rows, value);
  return fmt::format("{} for {}", text_of(values), described(s.target));
}

std::string merges(const Subject& subject) {
  const Setting s = setting(subject);
  const std::vector<double> whole = s.value(rows, rows);
  for (const std::int64_t block : {1, 7, 16, 60}) {
    const std::vector<double> value = s.value(rows, block);
    require(same(value, whole), "in blocks of {} rows its value is {}, in one {}", block,
            text_of(value), text_of(whole));
  }
  for (const std::int64_t lane : {1, 16, 31}) {
    const std::vector<double> value = s.value(lane, 8);
    require(same(value, whole), "merged from states of {} rows each its value is {}, in one {}",
            lane, text_of(value), text_of(whole));
  }
  return {};
}

// Checks that a state of no rows changes nothing, wherever it comes in the order. A lane has such a
// state if it gets none of the split's rows.
std::string merges_nothing(const Subject& subject) {
  const Setting s = setting(subject);
  const std::vector<double> whole = s.value(rows, rows);
  const auto merge = [&](const Lent& to, const Lent& from) {
    s.metric.call([&](const Metric& m) { m.merge(to.as<double>(), from.as<const double>()); });
    require(to.intact() && from.intact(), "it writes beyond its state of {} numbers", s.state_size);
  };
  for (const std::int64_t first : {rows, std::int64_t{23}}) {
    const Lent none = s.new_state(), some = s.new_state(), more = s.new_state(),
               still_none = s.new_state();
    s.accumulate(0, first, some);
    if (first < rows) s.accumulate(first, rows - first, more);
    merge(none, still_none);
    merge(none, some);
    merge(none, more);
    merge(none, still_none);
    const std::vector<double> value = s.value(none);
    require(
        same(value, whole),
        "merged with states of no rows, before and behind the {} rows, its value is {}, without "
        "them {}",
        rows, text_of(value), text_of(whole));
  }
  return {};
}

std::string repeatable(const Subject& subject) {
  const Setting s = setting(subject);
  const std::vector<float> before = s.outputs.values();
  const std::vector<double> whole = s.value(16, 5);
  require(same_bits(s.outputs.values(), before), "it changes the outputs that it reads");
  const std::vector<double> again = s.value(16, 5);
  require(same(again, whole), "the same rows give {} and {}", text_of(whole), text_of(again));
  return {};
}

std::string threads(const Subject& subject) {
  const Setting s = setting(subject);
  std::vector<std::pair<Setting, std::vector<double>>> lanes;
  for (int i = 0; i < 4; ++i) {
    Setting lane = s.other(i);
    const std::vector<double> value = lane.value(rows, 16);
    lanes.emplace_back(std::move(lane), value);
  }
  often_at_once(4, [&](int thread) {
    const auto& [lane, expected] = lanes[static_cast<std::size_t>(thread)];
    const std::vector<double> value = lane.value(rows, 16);
    require(same(value, expected), "its value is {}, and {} {}", text_of(expected), text_of(value),
            disturbed);
  });
  return {};
}

// Simulates a resumed run: another metric takes up the state in the middle.
std::string remembers(const Subject& subject) {
  const Setting whole = setting(subject), resumed = setting(subject);
  constexpr int half = 3;
  for (int set = 0; set < half; ++set) whole.other(set).value(16, 5);
  resumed.remembered->assign(*whole.remembered);
  for (int set = half; set < 2 * half; ++set) {
    const std::vector<double> expected = whole.other(set).value(16, 5);
    const std::vector<double> found = resumed.other(set).value(16, 5);
    require(
        std::ranges::equal(
            found, expected,
            [](double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }),
        "another metric with the saved state gives {} for the same rows, and the one before {}; "
        "what must be remembered belongs into state (facet Stateful)",
        text_of(found), text_of(expected));
  }
  return fmt::format("{} bytes of state", whole.remembered->bytes());
}

}  // namespace

Suite metric_suite(const Subject& subject) {
  return {
      {"takes classes or values", [subject] { return takes_targets(subject); }},
      {"blocks and merged states give what the whole gives", [subject] { return merges(subject); }},
      {"states of no rows change nothing", [subject] { return merges_nothing(subject); }},
      {"values are repeatable", [subject] { return repeatable(subject); }},
      {"threads do not disturb each other", [subject] { return threads(subject); }},
      {"all state is the host's", [subject] { return remembers(subject); }},
  };
}

}  // namespace assay::conformance
