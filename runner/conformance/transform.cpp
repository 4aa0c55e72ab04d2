#include "assay/transform.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "assay/number_text.h"
#include "runner/base/shape.h"
#include "runner/conformance/fit_blocks.h"
#include "runner/conformance/neutral.h"
#include "runner/conformance/refusal.h"
#include "runner/conformance/suites.h"

namespace assay::conformance {
namespace {

using Handle = plugin_host::Handle<Transform>;
using Values = std::vector<float>;

constexpr std::int64_t rows = 37;
constexpr std::int64_t most_elements = std::int64_t{1} << 24;  // of a transformed sample
constexpr std::array<Mode, 2> modes = {Mode::training, Mode::evaluation};

std::string_view mode_text(Mode mode) {
  return mode == Mode::training ? "in training" : "in evaluation";
}

TransformPass pass_of(Mode mode, std::int64_t first_row = 0) { return {mode, 7, 3, first_row}; }

// A transform with samples, fitted if it fits.
class TransformBench {
 public:
  explicit TransformBench(const Subject& subject, std::int64_t fit_height = rows) {
    std::string refusals;
    for (const Shape& shape : sample_shapes())
      for (const Target& target : targets()) {
        try {
          make(subject, shape);
          if (transform_.has<Fits>()) fit(target, fit_height);
          return;
        } catch (const plugin_host::ComponentError& error) {
          require_refusal(error);
          refusals += fmt::format("; {}: {}", described(shape), error.message());
        }
        if (!state_ || !transform_.has<Fits>()) break;  // the targets play no part
      }
    throw NotRun("it takes none of the shapes that are tried" + refusals);
  }

  const Shape& sample() const { return sample_; }
  const Shape& result() const { return result_; }
  const Handle& transform() const { return transform_; }
  state::ComponentState& state() const { return *state_; }

  LentMatrix samples(int set = 0) const {
    const std::int64_t columns = sample_.elements();
    return {rows, columns, spread(static_cast<std::size_t>(rows * columns), seed_of(1, set), 3)};
  }
  void apply(const TransformPass& pass, MatrixView<const float> x, MatrixView<float> y) const {
    transform_.call([&](const Transform& t) { t.apply(pass, x, y); });
  }
  /// Returns the transformed rows, in blocks of this height.
  Values run(const TransformPass& pass, const LentMatrix& x, std::int64_t height = rows) const {
    const LentMatrix y(rows, result_.elements());
    for (std::int64_t first = 0; first < rows; first += height) {
      const std::int64_t count = std::min(height, rows - first);
      TransformPass now = pass;
      now.first_row += first;
      apply(now, x.view().slice(first, count), y.view().slice(first, count));
    }
    y.require_intact("the transformed rows");
    return y.values();
  }
  Values run(Mode mode) const { return run(pass_of(mode), samples()); }

 private:
  void make(const Subject& subject, const Shape& shape) {
    state_ = nullptr;
    sample_ = shape;
    transform_ = subject.make<Transform>();
    result_ = transform_.call([&](Transform& t) { return t.shape(shape); });
    require(base::elements(result_).has_value(),
            "for samples of {} it declares the shape {}, which cannot be", described(shape),
            described(result_));
    require(result_.elements() <= most_elements, "it makes samples of {} of samples of {}",
            described(result_), described(shape));
    state_ = &subject.declare_state(transform_);
  }
  void fit(const Target& target, std::int64_t height) const {
    const LentMatrix x = samples(9);
    const Values before = x.values();
    fit_blocks(transform_, x.view(), TargetRows(target, rows, 2), height);
    require(same_bits(x.values(), before), "fit() changes the samples that it reads");
  }

  Shape sample_, result_;
  Handle transform_;
  state::ComponentState* state_ = nullptr;
};

// Returns true if the values are equal but for rounding.
bool alike(const Values& a, const Values& b, double tolerance) {
  return same_bits(a, b) || deviation(a, b) <= tolerance;
}

std::string shapes(const Subject& subject) {
  const TransformBench bench(subject), again(subject);
  require(again.result() == bench.result(),
          "made twice, it declares the shapes {} and {} for samples of {}",
          described(bench.result()), described(again.result()), described(bench.sample()));
  return fmt::format("{} -> {}", described(bench.sample()), described(bench.result()));
}

// Elements that are not written keep what was there before.
std::string writes(const Subject& subject) {
  const TransformBench bench(subject);
  const std::int64_t columns = bench.result().elements();
  const LentMatrix x = bench.samples();
  const Values before = x.values();
  const auto over = [&](Mode mode, float old) {
    const LentMatrix y(rows, columns, Values(static_cast<std::size_t>(rows * columns), old));
    bench.apply(pass_of(mode), x.view(), y.view());
    y.require_intact("the transformed rows");
    require(same_bits(x.values(), before), "{} it changes the rows that it reads", mode_text(mode));
    return y.values();
  };
  for (const Mode mode : modes) {
    const Values one = over(mode, 17), other = over(mode, -23);
    for (std::size_t i = 0; i < one.size(); ++i)
      require(same_bits({&one[i], 1}, {&other[i], 1}), "{} it does not write row {}, column {}",
              mode_text(mode), i / static_cast<std::size_t>(columns),
              i % static_cast<std::size_t>(columns));
  }
  return {};
}

std::string repeatable(const Subject& subject) {
  const TransformBench bench(subject), again(subject);
  const LentMatrix x = bench.samples();
  for (const Mode mode : modes) {
    const TransformPass pass = pass_of(mode);
    const Values first = bench.run(pass, x);
    TransformPass later = pass;
    later.key = 8;
    later.step = 4;
    bench.run(later, x);
    require(same_bits(bench.run(pass, x), first),
            "{} the same rows, key and step give other values the second time; draw numbers from "
            "them and the number of the row, not from a generator that goes on",
            mode_text(mode));
    require(same_bits(again.run(pass, x), first), "made again it gives other values {}",
            mode_text(mode));
  }
  return {};
}

std::string blocks(const Subject& subject) {
  const TransformBench bench(subject);
  const LentMatrix x = bench.samples();
  for (const Mode mode : modes) {
    const Values whole = bench.run(pass_of(mode), x);
    for (const std::int64_t height : {1, 5, 16, 36})
      require(alike(bench.run(pass_of(mode), x, height), whole, 1e-4),
              "{} blocks of {} rows give other values than all {} at once; a row is known by its "
              "number, first_row and on",
              mode_text(mode), height, rows);
  }
  return {};
}

// Changes all rows but one.
std::string alone(const Subject& subject) {
  const TransformBench bench(subject);
  const LentMatrix x = bench.samples();
  const auto columns = static_cast<std::size_t>(bench.result().elements());
  for (const Mode mode : modes) {
    const Values expected = bench.run(pass_of(mode), x);
    for (const std::int64_t row : {std::int64_t{0}, rows / 2, rows - 1}) {
      const LentMatrix others = bench.samples(1);
      std::ranges::copy(x.view().row_span(row), others.view().row(row));
      const Values found = bench.run(pass_of(mode), others);
      const auto begin = static_cast<std::size_t>(row) * columns;
      require(
          same_bits({&found[begin], columns}, {&expected[begin], columns}),
          "{} the values of row {} change when other rows do; a row depends on the same row only",
          mode_text(mode), row);
    }
  }
  return {};
}

std::string evaluates(const Subject& subject) {
  const TransformBench bench(subject);
  const LentMatrix x = bench.samples();
  const Values expected = bench.run(Mode::evaluation);
  const auto unlike = [&](TransformPass pass) { return !same_bits(bench.run(pass, x), expected); };
  TransformPass pass = pass_of(Mode::evaluation);
  pass.key = 8;
  require(!unlike(pass), "an evaluation depends on the key; draw numbers in training only");
  pass = pass_of(Mode::evaluation);
  pass.step = 4;
  require(!unlike(pass), "an evaluation depends on the step");
  require(!unlike(pass_of(Mode::evaluation, 1000)),
          "an evaluation depends on the numbers of the rows");
  return {};
}

std::string threads(const Subject& subject) {
  const TransformBench bench(subject);
  struct Lane {
    LentMatrix x;
    std::array<Values, 2> expected;
  };
  std::vector<Lane> lanes;
  for (int i = 0; i < 4; ++i) {
    Lane& lane = lanes.emplace_back(Lane{bench.samples(i), {}});
    for (std::size_t mode = 0; mode < modes.size(); ++mode)
      lane.expected[mode] = bench.run(pass_of(modes[mode], 100 * i), lane.x);
  }
  often_at_once(4, [&](int thread) {
    const Lane& lane = lanes[static_cast<std::size_t>(thread)];
    for (std::size_t mode = 0; mode < modes.size(); ++mode)
      require(same_bits(bench.run(pass_of(modes[mode], 100 * thread), lane.x), lane.expected[mode]),
              "the transformed rows are others {}", disturbed);
  });
  return {};
}

std::string fits(const Subject& subject) {
  const TransformBench whole(subject);
  if (!whole.transform().has<Fits>()) throw NotRun("it does not fit");
  const Values expected = whole.run(Mode::evaluation);
  for (const std::int64_t height : {1, 5, 16, 36})
    require(alike(TransformBench(subject, height).run(Mode::evaluation), expected, 1e-5),
            "fitted in blocks of {} rows it gives other values than fitted on all {} at once",
            height, rows);
  return {};
}

// Simulates a resumed run: another transform takes up the state after some rows.
std::string remembers(const Subject& subject) {
  const TransformBench bench(subject);
  for (const Mode mode : modes) bench.run(pass_of(mode), bench.samples(1));
  const Handle other = subject.make<Transform>();
  other.call([&](Transform& t) { return t.shape(bench.sample()); });
  subject.declare_state(other).assign(bench.state());
  const LentMatrix x = bench.samples();
  for (const Mode mode : modes) {
    const LentMatrix y(rows, bench.result().elements());
    other.call([&](const Transform& t) { t.apply(pass_of(mode), x.view(), y.view()); });
    require(same_bits(y.values(), bench.run(mode)),
            "another one with the saved state gives other values {}; what was learnt belongs into "
            "state (facet Stateful)",
            mode_text(mode));
  }
  return fmt::format("{} bytes of state", grouped(bench.state().bytes()));
}

}  // namespace

Suite transform_suite(const Subject& subject) {
  return {
      {"declares its shape alike each time", [subject] { return shapes(subject); }},
      {"writes the transformed rows and nothing else", [subject] { return writes(subject); }},
      {"apply is repeatable", [subject] { return repeatable(subject); }},
      {"blocks of rows give what the whole gives", [subject] { return blocks(subject); }},
      {"a row depends on itself alone", [subject] { return alone(subject); }},
      {"evaluation depends on the rows alone", [subject] { return evaluates(subject); }},
      {"threads do not disturb each other", [subject] { return threads(subject); }},
      {"fitting does not depend on the blocks", [subject] { return fits(subject); }},
      {"all state is the host's", [subject] { return remembers(subject); }},
  };
}

}  // namespace assay::conformance
