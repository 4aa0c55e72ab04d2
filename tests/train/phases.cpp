// A model with batch normalization behind transforms of the samples and a transform of the
// gradient. phases.json was computed with NumPy in float64, over whole batches.
#include "assay/phases.h"

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "assay/loss.h"
#include "assay/state.h"
#include "runner/state/component_state.h"
#include "runner/train/update.h"
#include "tests/support/component.h"
#include "tests/support/handle.h"
#include "tests/support/reference.h"

using namespace assay;
using namespace assay::test;

namespace {

constexpr std::int64_t row_count = 50, batch_rows = 40, inputs = 6, hidden = 4, class_count = 3;
constexpr int steps = 8;

const nlohmann::json& reference() {
  static const nlohmann::json read = read_json("phases.json");
  return read;
}

/// Rows by a formula.
class Formula final : public Dataset {
 public:
  void describe(DatasetDescription& out) const override {
    constexpr std::array<std::string_view, class_count> names = {"a", "b", "c"};
    out.samples(row_count, {inputs});
    out.classes(names);
  }
  void read_samples(std::span<const std::int64_t> rows, MatrixView<float> out) const override {
    for (std::size_t n = 0; n < rows.size(); ++n)
      for (std::int64_t i = 0, r = rows[n]; i < inputs; ++i)
        out.row(static_cast<std::int64_t>(n))[i] =
            static_cast<float>((r * (i + 3) * 5 + i * i * 7 + r * r) % 17 - 8) * 0.25F;
  }
  void read_targets(std::span<const std::int64_t> rows, TensorView out) const override {
    std::ranges::transform(rows, out.values<std::int32_t>().begin(), [](std::int64_t r) {
      return static_cast<std::int32_t>(r * r / 3 % class_count);
    });
  }
};

/// Moves samples in training by what follows from the step and the number of the row in its batch.
class Drift final : public Transform {
 public:
  Shape shape(const Shape& sample) override { return sample; }
  void apply(const TransformPass& pass, MatrixView<const float> x,
             MatrixView<float> y) const override {
    for (std::int64_t r = 0; r < x.rows; ++r) {
      const float drift = 0.25F * static_cast<float>(pass.step % 3) +
                          0.125F * static_cast<float>((pass.first_row + r) % 4);
      for (std::int64_t i = 0; i < x.columns; ++i)
        y.row(r)[i] =
            x.row(r)[i] + (pass.mode == Mode::training ? drift * static_cast<float>(1 + i) : 0.0F);
    }
  }
};

/// x A, normalized over the batch, times B. Sums the numbers, then the squares of their distances
/// from the mean, and backwards what the mean and the variance pass on.
class Normalized final : public Model, public Stateful, public Phases {
 public:
  Normalized()
      : momentum_(reference()["momentum"].get<double>()),
        epsilon_(reference()["epsilon"].get<double>()) {}

  void build(ModelBuilder& builder) override {
    builder.parameter("kernel1", {inputs, hidden}, Role::kernel, Initializer::zeros);
    builder.parameter("kernel2", {hidden, class_count}, Role::kernel, Initializer::zeros);
  }
  void declare_state(State& state) override {
    mean_ = state.tensor<double>("mean", {hidden});
    variance_ = state.tensor<double>("variance", {hidden});
    std::ranges::fill(variance_, 1.0);
  }
  std::span<const std::size_t> forward_sums() const override { return forward_sums_; }
  std::span<const std::size_t> backward_sums() const override { return backward_sums_; }
  void update_statistics(std::span<const double> totals, std::int64_t rows) override {
    for (std::size_t j = 0; j < hidden; ++j) {
      const double share = (1 - momentum_) / static_cast<double>(rows);
      mean_[j] = momentum_ * mean_[j] + share * totals[j];
      variance_[j] = momentum_ * variance_[j] + share * totals[hidden + j];
    }
  }
  std::size_t workspace_bytes(std::int64_t rows) const override {
    return static_cast<std::size_t>(rows * hidden) * sizeof(float);
  }
  void forward(const Pass& pass, std::span<std::byte> workspace, MatrixView<const float> x,
               MatrixView<float> outputs) const override {
    const bool trains = pass.mode == Mode::training;
    const auto n = static_cast<double>(pass.batch_rows);
    for (std::int64_t r = 0; r < x.rows; ++r) {
      const std::span<float> z = row_of(workspace, r);
      for (std::size_t j = 0; j < hidden; ++j) {
        if (pass.phase == 0) {
          z[j] = 0;
          for (std::size_t i = 0; i < inputs; ++i)
            z[j] += x.row(r)[i] * pass.parameters[0][i * hidden + j];
          if (trains) pass.sums[j] += double{z[j]};
        } else if (pass.phase == 1) {
          pass.sums[j] += std::pow(double{z[j]} - pass.totals[j] / n, 2);
        }
        if (trains && pass.phase < 2) continue;
        const double mean = trains ? pass.totals[j] / n : mean_[j];
        const double variance = trains ? pass.totals[hidden + j] / n : variance_[j];
        z[j] = static_cast<float>((double{z[j]} - mean) / std::sqrt(variance + epsilon_));
      }
      if (trains && pass.phase < 2) continue;
      for (std::size_t k = 0; k < class_count; ++k) {
        float& y = outputs.row(r)[k];
        y = 0;
        for (std::size_t j = 0; j < hidden; ++j)
          y += z[j] * pass.parameters[1][j * class_count + k];
      }
    }
  }
  void backward(const Pass& pass, std::span<std::byte> workspace, MatrixView<const float> x,
                MatrixView<const float> d_outputs,
                std::span<float* const> gradients) const override {
    const auto n = static_cast<double>(pass.batch_rows);
    const std::span<const double> sums = pass.totals;
    for (std::int64_t r = 0; r < x.rows; ++r) {
      const std::span<const float> normal = row_of(workspace, r);
      for (std::size_t j = 0; j < hidden; ++j) {
        double slope = 0;
        for (std::size_t k = 0; k < class_count; ++k) {
          const float d = d_outputs.row(r)[k];
          slope += double{d} * double{pass.parameters[1][j * class_count + k]};
          if (pass.phase == 0) gradients[1][j * class_count + k] += normal[j] * d;
        }
        if (pass.phase == 0) {
          pass.sums[j] += slope;
          pass.sums[hidden + j] += slope * double{normal[j]};
          continue;
        }
        const double deviation = std::sqrt(sums[hidden + j] / n + epsilon_);
        slope -= (sums[2 * hidden + j] + double{normal[j]} * sums[3 * hidden + j]) / n;
        for (std::size_t i = 0; i < inputs; ++i)
          gradients[0][i * hidden + j] +=
              static_cast<float>(slope / deviation * double{x.row(r)[i]});
      }
    }
  }

 private:
  static std::span<float> row_of(std::span<std::byte> workspace, std::int64_t row) {
    auto* const all = static_cast<float*>(static_cast<void*>(workspace.data()));
    return {all + row * hidden, hidden};
  }

  double momentum_, epsilon_;
  std::array<std::size_t, 2> forward_sums_ = {hidden, hidden};
  std::array<std::size_t, 1> backward_sums_ = {2 * hidden};
  std::span<double> mean_, variance_;
};

/// All that a run consists of.
struct Run {
  explicit Run(int threads) : team(threads) {
    std::vector<std::int64_t> all(row_count);
    std::iota(all.begin(), all.end(), 0);
    const auto dataset = handle<Dataset>(std::make_unique<Formula>(), "formula");
    rows.emplace(data::read(dataset, data::describe(dataset), all));

    train::Transforms transforms({inputs}, 0);
    const auto standardize = handle(make<Transform>("standardize"), "standardize");
    transforms.add(standardize);
    state.declare(standardize.object(), "standardize");
    standardize.call_facet<Fits>([&](Fits& fits) {
      fits.fit(rows->samples(), rows->targets());
      fits.fitted();
    });
    transforms.add(handle<Transform>(std::make_unique<Drift>(), "drift"));

    train::Network::Components components{
        handle<Model>(std::make_unique<Normalized>(), "normalized"),
        handle(make<Loss>("softmax_cross_entropy"), "softmax_cross_entropy"),
        {handle(make<Metric>("loss"), "loss")},
        std::move(transforms)};
    auto description = train::describe(components.model, {inputs}, class_count);
    state.declare(components.model.object(), "buffers");
    train::LaneRule rule;
    rule.lanes = 5;
    rule.block_rows = 3;
    network = std::make_unique<train::Network>(std::move(components), std::move(description), rule,
                                               team, 0, batch_rows);
    fill(0, hidden, {5, 3, 11});
    fill(1, class_count, {3, 5, 7});

    std::vector<train::PreparedTransform> clipping;
    const nlohmann::json limit = {{"max_norm", reference()["max_norm"]}};
    clipping.push_back(train::prepare(
        "clip", handle(make<GradientTransform>("clip_by_global_norm", limit.dump()), "clip")));
    const nlohmann::json rate = {{"learning_rate", reference()["rate"]}};
    auto optimizer = handle(make<Optimizer>("sgd", rate.dump()), "sgd");
    auto slots = train::declared_slots(optimizer);
    update.emplace(std::move(optimizer), std::move(slots), *network, team, std::move(clipping),
                   train::RawGradientUse{.norm = true});
  }

  /// Returns the rows of a step.
  static std::vector<std::int64_t> order(int step) {
    std::vector<std::int64_t> rows;
    for (std::int64_t k = 0; k < batch_rows; ++k) rows.push_back((k * 7 + step * 3) % row_count);
    return rows;
  }
  /// Returns the mean loss of the batch before the step.
  double step(int number) {
    const std::vector<std::int64_t> rows_of_step = order(number);
    const LossSum loss = network->gradient({&*rows, rows_of_step}, number);
    update->apply(number, loss.weight);
    return loss.sum / loss.weight;
  }
  std::vector<double> weights(std::size_t i) const {
    return {network->weights().values(i).begin(), network->weights().values(i).end()};
  }
  std::vector<double> statistics(const char* name) {
    state::Registry registry;
    state.lend(registry);
    const auto* entry = registry.find(std::string("buffers/") + name);
    BOOST_REQUIRE(entry != nullptr);
    const auto* values = static_cast<const double*>(static_cast<const void*>(entry->bytes.data()));
    return {values, values + entry->bytes.size() / sizeof(double)};
  }

  train::ThreadTeam team;
  state::ComponentState state;
  std::optional<data::Rows> rows;
  std::unique_ptr<train::Network> network;
  std::optional<train::Update> update;

 private:
  struct Numbers {
    std::int64_t a, b, modulus;
  };
  void fill(std::size_t parameter, std::int64_t columns, const Numbers& of) {
    std::int64_t place = 0;
    for (float& weight : network->weights().values(parameter)) {
      const std::int64_t p = place / columns, q = place % columns;
      weight =
          static_cast<float>((p * of.a + q * of.b + p * q) % of.modulus - of.modulus / 2) * 0.125F;
      ++place;
    }
  }
};

double worst(const std::vector<double>& found, const nlohmann::json& expected) {
  BOOST_REQUIRE(found.size() == expected.size());
  double worst = 0;
  for (std::size_t i = 0; i < found.size(); ++i)
    worst = std::max(worst, std::abs(found[i] - expected[i].get<double>()));
  return worst;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(phases)

// The sums are of the samples as the transforms leave them in training, an evaluation is of those
// of an evaluation, and the norm that is clipped is that of the gradient of the whole batch.
BOOST_AUTO_TEST_CASE(normalized_batches_behind_transforms_and_clipping_follow_numpy) {
  Run run(3);
  std::vector<double> losses, norms;
  for (int step = 0; step < steps; ++step) {
    losses.push_back(run.step(step));
    norms.push_back(run.update->gradient_norm());
  }
  const train::Evaluation evaluation = run.network->evaluate(*run.rows, {{0}}, steps);
  const auto close = [](const char* what, const std::vector<double>& found,
                        const nlohmann::json& expected) {
    const double off = worst(found, expected);
    BOOST_TEST(off < 1e-5, what << " are " << off << " off");
  };
  close("losses", losses, reference()["losses"]);
  close("norms", norms, reference()["norms"]);
  close("weights of the first layer", run.weights(0), reference()["kernel1"]);
  close("weights of the second layer", run.weights(1), reference()["kernel2"]);
  close("running means", run.statistics("mean"), reference()["mean"]);
  close("running variances", run.statistics("variance"), reference()["variance"]);
  close("evaluated losses", {evaluation.values[0][0]},
        nlohmann::json::array({reference()["evaluated"]}));
}

BOOST_AUTO_TEST_CASE(they_have_the_same_bits_for_any_number_of_threads) {
  std::vector<std::vector<std::vector<double>>> all;
  for (const int threads : {1, 2, 3, 4}) {
    Run run(threads);
    std::vector<double> losses, norms;
    for (int step = 0; step < steps; ++step) {
      losses.push_back(run.step(step));
      norms.push_back(run.update->gradient_norm());
    }
    all.push_back({losses, norms, run.weights(0), run.weights(1), run.statistics("mean"),
                   run.statistics("variance"),
                   run.network->evaluate(*run.rows, {{0}}, steps).values[0]});
    BOOST_TEST((all.back() == all.front()), threads << " threads give other bits");
  }
}

// A step that does not count, such as one with a loss that is not finite, leaves no trace.
BOOST_AUTO_TEST_CASE(statistics_change_only_with_steps_that_count) {
  Run run(2);
  const std::vector<double> before = run.statistics("mean");
  const std::vector<std::int64_t> order = Run::order(0);
  const LossSum loss = run.network->gradient({&*run.rows, order}, 0);
  BOOST_TEST(run.statistics("mean") == before, boost::test_tools::per_element());
  run.update->apply(0, loss.weight);
  BOOST_TEST((run.statistics("mean") != before));
}

BOOST_AUTO_TEST_SUITE_END()
