#include "assay/model.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "assay/number_text.h"
#include "assay/parts.h"
#include "assay/phases.h"
#include "runner/conformance/model_bench.h"
#include "runner/conformance/slopes.h"
#include "runner/conformance/suites.h"
#include "runner/train/initialize.h"
#include "runner/train/network.h"

namespace assay::conformance {
namespace {

constexpr std::int64_t rows = 37;

std::string declares(const Subject& subject) {
  const ModelBench bench(subject);
  const train::ModelDescription& model = bench.description();
  const auto again = train::describe(subject.make<Model>(), model.sample, model.outputs);
  require(again.parameters.size() == model.parameters.size(),
          "built twice it has {} and {} parameters", grouped(model.parameters.size()),
          grouped(again.parameters.size()));
  for (std::size_t i = 0; i < model.parameters.size(); ++i) {
    const train::ParameterInfo& p = model.parameters[i];
    require(!p.name.empty(), "parameter {} has no name", i);
    require(again.parameters[i].name == p.name && again.parameters[i].shape == p.shape,
            "built twice, parameter {} is {} and {}", i, p.name, again.parameters[i].name);
    std::vector<float> values(static_cast<std::size_t>(p.shape.elements()));
    train::initialize(0, static_cast<int>(i), p.shape, p.initializer, values);
  }
  const auto block = bench.model().call([](const Model& m) { return m.block_rows(); });
  require(block >= 1, "block_rows() is {}", block);
  return fmt::format("{} parameters in {} layers for samples of {}",
                     grouped(model.parameter_count()), model.layers.size(),
                     described(model.sample));
}

std::string repeatable(const Subject& subject) {
  const ModelBench bench(subject);
  const auto first = bench.run(rows, rows), second = bench.run(rows, rows);
  require(same_bits(first.outputs, second.outputs),
          "the same rows and parameters give other outputs the second time (off by {:.1e})",
          deviation(second.outputs, first.outputs));
  for (std::size_t i = 0; i < first.gradients.size(); ++i)
    require(same_bits(first.gradients[i], second.gradients[i]),
            "the gradient of {} is another one the second time",
            bench.description().parameters[i].name);
  require(same_bits(ModelBench(subject).run(rows, rows).outputs, first.outputs),
          "made again it gives other outputs for the same rows and parameters");
  return {};
}

// The rows and memory of one of the host's threads.
class Lane {
 public:
  Lane(const ModelBench& bench, int number)
      : bench_(bench),
        x_(bench.samples(rows, number)),
        d_(bench.d_outputs(rows, number)),
        y_(rows, bench.description().outputs),
        workspace_(bench.workspace(rows)),
        gradients_(bench.gradients(0)) {
    evaluate();
    evaluated_ = y_.values();
    train();
    trained_ = y_.values();
    for (const Lent& gradient : gradients_) {
      const auto values = gradient.as<float>();
      expected_.emplace_back(values.begin(), values.end());
    }
  }

  /// Repeats the same among the other lanes, and compares.
  void compare() const {
    evaluate();
    require(same_bits(y_.values(), evaluated_), "the outputs of an evaluation are others {}",
            disturbed);
    train();
    require(same_bits(y_.values(), trained_), "the outputs are others {}", disturbed);
    for (std::size_t i = 0; i < expected_.size(); ++i)
      require(same_bits(gradients_[i].as<float>(), expected_[i]),
              "the gradient of {} is another {}", bench_.description().parameters[i].name,
              disturbed);
  }

 private:
  void evaluate() const {
    Pass pass = bench_.pass();
    pass.mode = Mode::evaluation;
    bench_.forward(pass, workspace_, x_.view(), y_.view());
  }
  void train() const {
    for (const Lent& gradient : gradients_) std::ranges::fill(gradient.as<float>(), 0.0F);
    const auto totals = bench_.forward(bench_.pass(), workspace_, x_.view(), y_.view());
    bench_.backward(bench_.pass(), workspace_, x_.view(), d_.view(), gradients_, totals);
  }

  const ModelBench& bench_;
  LentMatrix x_, d_, y_;
  Lent workspace_;
  std::vector<Lent> gradients_;
  std::vector<float> evaluated_, trained_;
  std::vector<std::vector<float>> expected_;
};

std::string threads(const Subject& subject) {
  const ModelBench bench(subject);
  std::vector<Lane> lanes;
  for (int i = 0; i < 4; ++i) lanes.emplace_back(bench, i);
  often_at_once(4, [&](int thread) { lanes[static_cast<std::size_t>(thread)].compare(); });
  return {};
}

// Returns the usual height of blocks in a run, unless it is very large.
std::int64_t usual_height(const ModelBench& bench) {
  const auto height = bench.model().call([](const Model& m) { return m.block_rows(); });
  return std::clamp<std::int64_t>(height, 1, 512);
}

std::string blocks(const Subject& subject) {
  const ModelBench bench(subject);
  if (bench.model().call([](const Model& m) { return m.whole_batches(); }))
    throw NotRun("it takes whole batches only");
  const std::int64_t usual = usual_height(bench), all = std::max(rows, usual + 5);
  const auto whole = bench.run(all, all);
  double worst = 0;
  for (const std::int64_t height :
       {std::int64_t{1}, std::int64_t{5}, std::int64_t{16}, std::int64_t{36}, usual}) {
    const auto parts = bench.run(all, height);
    const double off = deviation(parts.outputs, whole.outputs);
    require(off <= 1e-4,
            "in blocks of {} rows the outputs differ by {:.1e} of the largest; if rows depend on "
            "each other, it needs the facet Phases or whole_batches()",
            height, off);
    worst = std::max(worst, off);
    for (std::size_t i = 0; i < whole.gradients.size(); ++i) {
      const double off_gradient = deviation(parts.gradients[i], whole.gradients[i]);
      require(off_gradient <= 1e-4,
              "in blocks of {} rows the gradient of {} differs by {:.1e} of its largest element",
              height, bench.description().parameters[i].name, off_gradient);
      worst = std::max(worst, off_gradient);
    }
  }
  return fmt::format("off by {:.1e}", worst);
}

// Returns the outputs of a split: forward only, in evaluation mode.
std::vector<float> evaluated(const ModelBench& bench, std::int64_t all, std::int64_t height,
                             std::int64_t step = 3, std::uint64_t key = 7) {
  const LentMatrix x = bench.samples(all), y(all, bench.description().outputs);
  const Lent workspace = bench.workspace(height);
  for (std::int64_t first = 0; first < all; first += height) {
    const std::int64_t count = std::min(height, all - first);
    Pass pass = bench.pass(first);
    pass.mode = Mode::evaluation;
    pass.step = step;
    pass.key = key;
    bench.forward(pass, workspace, x.view().slice(first, count), y.view().slice(first, count));
  }
  require(workspace.intact(), "it writes beyond its workspace when it is evaluated");
  y.require_intact("outputs");
  y.require_finite("outputs of an evaluation");
  return y.values();
}

std::string evaluates(const Subject& subject) {
  const ModelBench bench(subject);
  const std::int64_t usual = usual_height(bench), all = std::max(rows, usual + 5);
  const std::vector<float> whole = evaluated(bench, all, all);
  require(same_bits(evaluated(bench, all, all), whole),
          "an evaluation gives other outputs the second time");
  require(same_bits(evaluated(bench, all, all, 4), whole),
          "the outputs of an evaluation depend on the step; only the weights and what the model "
          "remembers may decide them");
  require(same_bits(evaluated(bench, all, all, 3, 8), whole),
          "the outputs of an evaluation depend on the seed of the run (Pass::key); draw numbers in "
          "training only");
  if (bench.model().call([](const Model& m) { return m.whole_batches(); })) return {};
  double worst = 0;
  for (const std::int64_t height : {std::int64_t{1}, std::int64_t{16}, usual}) {
    const double off = deviation(evaluated(bench, all, height), whole);
    require(off <= 1e-4,
            "evaluated in blocks of {} rows the outputs differ by {:.1e} of the largest", height,
            off);
    worst = std::max(worst, off);
  }
  return fmt::format("blocks are off by {:.1e}", worst);
}

// Simulates a resumed run: another model takes up the state in the middle.
std::string remembers(const Subject& subject) {
  const ModelBench whole(subject), resumed(subject);
  const std::vector<float> before = evaluated(whole, rows, rows);
  for (int set = 0; set < 3; ++set) whole.train(rows, set);
  require(
      same_bits(evaluated(resumed, rows, rows), before),
      "a model remembers what another one was trained on; state must be a member, and declared");
  resumed.state().assign(whole.state());
  for (int set = 3; set < 5; ++set) {
    require(
        same_bits(evaluated(resumed, rows, rows), evaluated(whole, rows, rows)),
        "another model with the saved state goes on differently; what must be remembered belongs "
        "into state (facet Stateful)");
    whole.train(rows, set);
    resumed.train(rows, set);
  }
  return fmt::format("{} bytes of state", whole.state().bytes());
}

std::string adds(const Subject& subject) {
  const ModelBench bench(subject);
  const auto from_zero = bench.run(rows, rows), from_one = bench.run(rows, rows, 1);
  for (std::size_t i = 0; i < from_zero.gradients.size(); ++i) {
    std::vector<float> expected = from_zero.gradients[i];
    for (float& value : expected) value += 1;
    const double off = deviation(from_one.gradients[i], expected);
    require(off <= 1e-5, "backward() must add to the gradient of {}: off by {:.1e}",
            bench.description().parameters[i].name, off);
  }
  return {};
}

std::string sets(const Subject& subject) {
  const ModelBench bench(subject);
  if (!bench.model().call([](const Model& m) { return m.sets_gradients(); }))
    throw NotRun("it always adds (sets_gradients() is false)");
  // In blocks: the first one sets the gradients, the others add to them.
  const bool whole = bench.model().call([](const Model& m) { return m.whole_batches(); });
  const std::int64_t height = whole ? rows : 16;
  const auto added = bench.run(rows, height), set = bench.run(rows, height, std::nullopt);
  for (std::size_t i = 0; i < added.gradients.size(); ++i) {
    const double off = deviation(set.gradients[i], added.gradients[i]);
    require(off <= 1e-5, "with Pass::set_gradients the gradient of {} is off by {:.1e}",
            bench.description().parameters[i].name, off);
  }
  return {};
}

// A block that four threads compute together (facet Parts).
class SharedBlock {
 public:
  SharedBlock(const ModelBench& bench, const train::PartCounts& counts, std::int64_t block_rows)
      : bench_(bench),
        counts_(counts),
        rows_(block_rows),
        x_(bench.samples(rows_)),
        d_(bench.d_outputs(rows_)),
        y_(rows_, bench.description().outputs),
        workspace_(bench.workspace(rows_)) {
    bench.model().call_facet<Parts>([&](const Parts& model) {
      const std::size_t bytes = model.scratch_bytes(rows_);
      require(bytes <= most_scratch, "it asks for {} bytes of scratch", grouped(bytes));
      for (int thread = 0; thread < threads; ++thread) scratch_.emplace_back(bytes);
    });
  }

  /// Computes the block, with the gradients added to `before`, or set without it.
  ModelBench::Result compute(std::optional<float> before) const {
    Pass pass = bench_.pass();
    pass.set_gradients = !before;
    const std::vector<Lent> gradients =
        bench_.gradients(before.value_or(std::numeric_limits<float>::quiet_NaN()));
    std::vector<float*> pointers;
    for (const Lent& gradient : gradients) pointers.push_back(gradient.as<float>().data());
    in_stages(counts_.forward, [&](const Parts& model, const Part& part) {
      model.forward_part(part, pass, workspace_.bytes(), x_.view(), y_.view());
    });
    in_stages(counts_.backward, [&](const Parts& model, const Part& part) {
      model.backward_part(part, pass, workspace_.bytes(), x_.view(), d_.view(), pointers);
    });
    require(workspace_.intact(), "it writes beyond its workspace when threads share a block");
    for (const Lent& scratch : scratch_)
      require(scratch.intact(), "it writes beyond the scratch of scratch_bytes({}) = {} bytes",
              rows_, grouped(scratch.bytes().size()));
    y_.require_intact("outputs");
    ModelBench::Result result{y_.values(), {}};
    for (const Lent& gradient : gradients) {
      const auto values = gradient.as<float>();
      result.gradients.emplace_back(values.begin(), values.end());
    }
    return result;
  }

 private:
  static constexpr int threads = 4;
  static constexpr std::size_t most_scratch = std::size_t{1} << 30;

  // Calls compute(model, part) for all parts of each stage, the last ones first, on all threads.
  template <class Compute>
  void in_stages(const std::vector<std::int64_t>& stages, const Compute& compute) const {
    for (std::size_t stage = 0; stage < stages.size(); ++stage) {
      std::vector<std::exception_ptr> failures(threads);
      {
        std::vector<std::jthread> team;
        for (int thread = 0; thread < threads; ++thread)
          team.emplace_back([&, thread, mine = static_cast<std::size_t>(thread)] {
            try {
              bench_.model().call_facet<Parts>([&](const Parts& model) {
                for (std::int64_t i = stages[stage] - 1 - thread; i >= 0; i -= threads)
                  compute(model, {static_cast<int>(stage), i, scratch_[mine].bytes()});
              });
            } catch (...) {
              failures[mine] = std::current_exception();
            }
          });
      }
      for (const std::exception_ptr& failure : failures)
        if (failure) std::rethrow_exception(failure);
    }
  }

  const ModelBench& bench_;
  const train::PartCounts& counts_;
  const std::int64_t rows_;
  LentMatrix x_, d_, y_;
  Lent workspace_;
  std::vector<Lent> scratch_;
};

std::string shares(const Subject& subject) {
  const ModelBench bench(subject);
  if (!bench.model().has<Parts>()) throw NotRun("threads do not share its blocks (facet Parts)");
  const train::PartCounts counts(bench.model());
  if (counts.forward.empty())
    throw NotRun("it is too small for threads to share its blocks (Parts::forward_parts())");
  const bool may_set = bench.model().call([](const Model& m) { return m.sets_gradients(); });
  const std::optional<float> before = may_set ? std::nullopt : std::optional(0.0F);
  const auto alone = bench.run(rows, rows, before);
  const SharedBlock block(bench, counts, rows);
  for (int repeat = 0; repeat < 10; ++repeat) {
    const auto together = block.compute(before);
    require(same_bits(together.outputs, alone.outputs),
            "threads that share a block get other outputs than one that computes it alone (off by "
            "{:.1e})",
            deviation(together.outputs, alone.outputs));
    for (std::size_t i = 0; i < alone.gradients.size(); ++i)
      require(same_bits(together.gradients[i], alone.gradients[i]),
              "threads that share a block get another gradient of {} than one that computes it "
              "alone (off by {:.1e})",
              bench.description().parameters[i].name,
              deviation(together.gradients[i], alone.gradients[i]));
  }
  return fmt::format("in {} parts forward and {} backward", fmt::join(counts.forward, ", "),
                     fmt::join(counts.backward, ", "));
}

class LayerProbe final : public Probe {
 public:
  void output(int layer, MatrixView<const float> values) override {
    seen.push_back({layer, values.rows, values.columns, {}});
    for (std::int64_t i = 0; i < values.rows; ++i)
      seen.back().values.insert(seen.back().values.end(), values.row(i),
                                values.row(i) + values.columns);
  }
  struct Seen {
    int layer;
    std::int64_t rows, columns;
    std::vector<float> values;
  };
  std::vector<Seen> seen;
};

std::string probe(const Subject& subject) {
  const ModelBench bench(subject);
  const auto& layers = bench.description().layers;
  if (layers.empty()) throw NotRun("it declares no layers");
  LayerProbe probe;
  const LentMatrix x = bench.samples(rows), y(rows, bench.description().outputs);
  const Lent workspace = bench.workspace(rows);
  bench.forward(bench.pass(0, &probe), workspace, x.view(), y.view());
  require(workspace.intact(), "with a probe it writes beyond its workspace");
  require(same_bits(y.values(), bench.run(rows, rows).outputs), "a probe changes the outputs");
  for (const LayerProbe::Seen& seen : probe.seen) {
    require(seen.layer >= 0 && static_cast<std::size_t>(seen.layer) < layers.size(),
            "it shows layer {} to a probe; it declared 0 to {}", seen.layer, layers.size() - 1);
    const train::LayerInfo& layer = layers[static_cast<std::size_t>(seen.layer)];
    require(seen.rows == rows && seen.columns == layer.output.elements(),
            "it shows {} x {} numbers of {} to a probe; expected {} x {}", seen.rows, seen.columns,
            layer.name, rows, layer.output.elements());
  }
  if (probe.seen.empty()) throw NotRun("it shows nothing to a probe: a NaN will be hard to trace");
  require(same_bits(probe.seen.back().values, y.values()),
          "what it shows of the last layer is not its outputs");
  return fmt::format("{} layers", probe.seen.size());
}

}  // namespace

Suite model_suite(const Subject& subject) {
  return {
      {"declares itself alike each time", [subject] { return declares(subject); }},
      {"forward and backward are repeatable", [subject] { return repeatable(subject); }},
      {"threads do not disturb each other", [subject] { return threads(subject); }},
      {"blocks of rows give what the whole batch gives", [subject] { return blocks(subject); }},
      {"evaluation is repeatable, and alike in blocks", [subject] { return evaluates(subject); }},
      {"all state is the host's", [subject] { return remembers(subject); }},
      {"backward adds to the gradients", [subject] { return adds(subject); }},
      {"gradients are the derivatives",
       [subject] { return require_derivatives(ModelBench(subject)); }},
      {"backward sets gradients when told to", [subject] { return sets(subject); }},
      {"threads that share a block get the same bits", [subject] { return shares(subject); }},
      {"a probe sees the layers", [subject] { return probe(subject); }},
  };
}

}  // namespace assay::conformance
