#include "assay/loss.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "runner/conformance/neutral.h"
#include "runner/conformance/refusal.h"
#include "runner/conformance/suites.h"

namespace assay::conformance {
namespace {

using Handle = plugin_host::Handle<Loss>;

constexpr std::int64_t rows = 23;

// A loss with inputs.
struct Setting {
  Handle loss;
  Target target;
  std::int64_t columns = 0;
  TargetRows targets;
  LentMatrix outputs;
  state::ComponentState* state = nullptr;  // the subject's

  /// Returns the same loss with other numbers.
  Setting other(int set) const { return with(loss, target, columns, set); }
  static Setting with(const Handle& loss, const Target& target, std::int64_t columns, int set) {
    const auto count = static_cast<std::size_t>(rows * columns);
    return {loss, target, columns, TargetRows(target, rows, seed_of(2, set)),
            LentMatrix(rows, columns, spread(count, seed_of(1, set), 2))};
  }

  MatrixView<const float> view() const { return outputs.view(); }
  LossSum evaluate(std::int64_t first = 0, std::int64_t count = rows) const {
    return loss.call([&](const Loss& l) {
      return l.evaluate(view().slice(first, count), targets.rows(first, count));
    });
  }
  LossSum gradient(const LentMatrix& to) const {
    return loss.call([&](const Loss& l) { return l.gradient(view(), targets.view(), to.view()); });
  }
};

Setting setting(const Subject& subject) {
  const Handle loss = subject.make<Loss>();
  std::string refusals;
  for (const Target& target : targets()) {
    try {
      const auto columns = loss.call([&](const Loss& l) { return l.outputs(target); });
      require(columns >= 1, "it asks for {} outputs for {}", columns, described(target));
      require(columns <= 1 << 20, "it asks for {} outputs for {}", columns, described(target));
      state::ComponentState& state = subject.declare_state(loss);
      // The targets that the suite shows have all classes alike.
      const std::vector<std::int64_t> counts(static_cast<std::size_t>(target.classes), 1 + rows);
      loss.call([&](Loss& l) { l.prepare(counts); });
      Setting made = Setting::with(loss, target, columns, 0);
      made.state = &state;
      return made;
    } catch (const plugin_host::ComponentError& error) {
      require_refusal(error);
      refusals += fmt::format("; for {}: {}", described(target), error.message());
    }
  }
  throw NotRun("it takes none of the targets that are tried" + refusals);
}

bool same(const LossSum& a, const LossSum& b) { return a.sum == b.sum && a.weight == b.weight; }

bool close(double a, double b) { return std::abs(a - b) <= 1e-5 * std::max(1.0, std::abs(b)); }

std::string takes_targets(const Subject& subject) {
  const Setting s = setting(subject);
  return fmt::format("{} outputs for {}", s.columns, described(s.target));
}

std::string sums(const Subject& subject) {
  const Setting s = setting(subject);
  const LossSum whole = s.evaluate();
  require(std::isfinite(whole.sum), "the sum over {} rows is {}", rows, whole.sum);
  require(std::isfinite(whole.weight) && whole.weight > 0, "the weight of {} rows is {}", rows,
          whole.weight);
  double worst = 0;
  for (const std::int64_t height : {1, 5, 16}) {
    LossSum sum;
    for (std::int64_t first = 0; first < rows; first += height)
      sum += s.evaluate(first, std::min(height, rows - first));
    require(close(sum.sum, whole.sum) && close(sum.weight, whole.weight),
            "blocks of {} rows add up to sum {} and weight {}; the whole has {} and {}", height,
            sum.sum, sum.weight, whole.sum, whole.weight);
    worst = std::max(worst, std::abs(sum.sum - whole.sum) / std::max(1.0, std::abs(whole.sum)));
  }
  return fmt::format("blocks differ by {:.1e}", worst);
}

std::string repeatable(const Subject& subject) {
  const Setting s = setting(subject);
  const std::vector<float> before = s.outputs.values();
  const LossSum whole = s.evaluate();
  const LentMatrix first(rows, s.columns);
  const LossSum with_gradient = s.gradient(first);
  require(close(with_gradient.sum, whole.sum) && close(with_gradient.weight, whole.weight),
          "gradient() gives sum {} and weight {}, evaluate() {} and {}", with_gradient.sum,
          with_gradient.weight, whole.sum, whole.weight);
  first.require_finite("d_outputs");
  first.require_intact("d_outputs");
  require(same_bits(s.outputs.values(), before), "it changes the outputs that it reads");
  const LentMatrix again(rows, s.columns);
  const LossSum sum = s.gradient(again);
  require(same_bits(again.values(), first.values()) && sum.sum == with_gradient.sum,
          "the same rows give another gradient the second time");
  return {};
}

std::string threads(const Subject& subject) {
  struct Lane {
    Setting setting;
    LentMatrix gradient;
    LossSum evaluated, sum;
    std::vector<float> expected;
  };
  const Setting s = setting(subject);
  std::vector<Lane> lanes;
  for (int i = 0; i < 4; ++i) {
    Lane& lane = lanes.emplace_back(Lane{s.other(i), {rows, s.columns}, {}, {}, {}});
    lane.evaluated = lane.setting.evaluate();
    lane.sum = lane.setting.gradient(lane.gradient);
    lane.expected = lane.gradient.values();
  }
  often_at_once(4, [&](int thread) {
    const Lane& lane = lanes[static_cast<std::size_t>(thread)];
    require(same(lane.setting.evaluate(), lane.evaluated), "evaluate() gives another sum {}",
            disturbed);
    require(same(lane.setting.gradient(lane.gradient), lane.sum), "gradient() gives another sum {}",
            disturbed);
    require(same_bits(lane.gradient.values(), lane.expected), "the gradient is another one {}",
            disturbed);
  });
  return {};
}

// Compares with central differences in one element at a time.
std::string derivative(const Subject& subject) {
  Setting s = setting(subject);
  const LentMatrix gradient(rows, s.columns);
  s.gradient(gradient);
  const std::vector<float> exact = gradient.values();
  double largest = 0;
  for (const float g : exact) largest = std::max(largest, std::abs(double{g}));
  require(largest > 0, "the gradient is zero everywhere, at random outputs");
  const auto slope = [&](std::int64_t row, std::int64_t column, float step) {
    float& value = s.outputs.view().row(row)[column];
    const float before = value;
    // Use the steps that float32 really made.
    value = before + step;
    const double up = double{value}, above = s.evaluate(row, 1).sum;
    value = before - step;
    const double down = double{value}, below = s.evaluate(row, 1).sum;
    value = before;
    return (above - below) / (up - down);
  };
  double worst = 0;
  for (std::int64_t row = 0; row < rows; ++row)
    for (std::int64_t column = 0; column < std::min<std::int64_t>(s.columns, 16); ++column) {
      const double expected = double{gradient.view().row(row)[column]};
      const double fine = slope(row, column, 0x1p-7F), coarse = slope(row, column, 0x1p-6F);
      const double off = std::abs(fine - expected);
      worst = std::max(worst, off / largest);
      // Allow twice the difference between the two step sizes, because there may be a kink.
      require(off <= 1e-3 * largest + 2 * std::abs(fine - coarse),
              "row {}, output {}: its gradient is {}, the sum changes by {}", row, column, expected,
              fine);
    }
  return fmt::format("off by {:.1e} of the largest element", worst);
}

// Simulates a resumed run: another loss takes up the state in the middle.
std::string remembers(const Subject& subject) {
  const Setting whole = setting(subject), resumed = setting(subject);
  constexpr int half = 3;
  for (int set = 0; set < half; ++set) {
    const Setting batch = whole.other(set);
    batch.evaluate();
    batch.gradient(LentMatrix(rows, whole.columns));
  }
  resumed.state->assign(*whole.state);
  for (int set = half; set < 2 * half; ++set) {
    const Setting expected = whole.other(set), found = resumed.other(set);
    const LentMatrix one(rows, whole.columns), other(rows, whole.columns);
    require(same(found.evaluate(), expected.evaluate()) &&
                same(found.gradient(other), expected.gradient(one)) &&
                same_bits(other.values(), one.values()),
            "another loss with the saved state goes on differently; what must be remembered "
            "belongs into state (facet Stateful)");
  }
  return fmt::format("{} bytes of state", whole.state->bytes());
}

}  // namespace

Suite loss_suite(const Subject& subject) {
  return {
      {"takes classes or values", [subject] { return takes_targets(subject); }},
      {"sums and weights of blocks add up", [subject] { return sums(subject); }},
      {"gradients are repeatable, and agree with evaluate()",
       [subject] { return repeatable(subject); }},
      {"threads do not disturb each other", [subject] { return threads(subject); }},
      {"gradients are the derivatives", [subject] { return derivative(subject); }},
      {"all state is the host's", [subject] { return remembers(subject); }},
  };
}

}  // namespace assay::conformance
