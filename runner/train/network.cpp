#include "runner/train/network.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "assay/error.h"
#include "assay/parts.h"
#include "runner/base/mapped_file_loss.h"
#include "runner/train/metric_results.h"

namespace assay::train {
namespace {

struct BenchSizes {
  std::size_t workspace, samples, outputs, scratch;
};

BenchSizes bench_sizes(const plugin_host::Handle<Model>& model, const ModelDescription& description,
                       const Transforms& transforms, std::int64_t block_rows) {
  const auto bytes = [block_rows](std::int64_t columns) {
    return static_cast<std::size_t>(block_rows) * static_cast<std::size_t>(columns) * sizeof(float);
  };
  const Shape& sample = transforms.empty() ? description.sample : transforms.shape(0);
  std::size_t scratch = 0;
  if (!PartCounts(model).forward.empty())
    model.call_facet<Parts>([&](const Parts& p) { scratch = p.scratch_bytes(block_rows); });
  return {model.call([&](const Model& m) { return m.workspace_bytes(block_rows); }),
          bytes(sample.elements()), bytes(description.outputs), scratch};
}

}  // namespace

std::size_t bench_bytes(const plugin_host::Handle<Model>& model,
                        const ModelDescription& description, const Transforms& transforms,
                        std::int64_t block_rows) {
  const auto [workspace, samples, outputs, scratch] =
      bench_sizes(model, description, transforms, block_rows);
  const auto [one, other] = transforms.scratch_bytes(block_rows);
  // The outputs come with their derivatives.
  return workspace + samples + one + other + 2 * outputs + scratch;
}

PartCounts::PartCounts(const plugin_host::Handle<Model>& model) {
  if (!model.has<Parts>()) return;
  model.call_facet<Parts>([&](const Parts& parts) {
    const auto ahead = parts.forward_parts(), back = parts.backward_parts();
    forward.assign(ahead.begin(), ahead.end());
    backward.assign(back.begin(), back.end());
  });
  const auto is_possible = [](std::int64_t count) {
    return count >= 1 && count <= PartCounts::largest;
  };
  if (forward.empty() != backward.empty() || !std::ranges::all_of(forward, is_possible) ||
      !std::ranges::all_of(backward, is_possible))
    throw Error(
        fmt::format("{}: it divides blocks into [{}] parts forward and [{}] backward; "
                    "expected 1 to {} in each stage, and stages of both or of neither",
                    model.who(), fmt::join(forward, ", "), fmt::join(backward, ", "), largest));
}

std::int64_t PartCounts::most() const {
  std::int64_t most = 1;
  for (const auto* stages : {&forward, &backward})
    for (const std::int64_t parts : *stages) most = std::max(most, parts);
  return most;
}

std::int64_t useful_threads(const plugin_host::Handle<Model>& model, const Lanes& lanes) {
  return lanes.count() * PartCounts(model).most();
}

// The states of all metrics of an evaluation, lane by lane in one array.
class Network::MetricStates {
 public:
  MetricStates(const std::vector<plugin_host::Handle<Metric>>& metrics,
               const std::vector<std::size_t>& value_counts, const std::vector<std::size_t>& wanted,
               std::int64_t lanes)
      : lanes_(lanes) {
    for (const std::size_t i : wanted) {
      metrics_.push_back(&metrics[i]);
      value_counts_.push_back(value_counts[i]);
      offsets_.push_back(size_);
      const std::size_t numbers =
          metrics[i].call([](const Metric& metric) { return metric.state_size(); });
      if (numbers > most_numbers)
        throw Error(fmt::format("{}: its state has {} numbers; expected {} at most",
                                metrics[i].who(), numbers, most_numbers));
      size_ += numbers;
    }
    offsets_.push_back(size_);
    values_.resize(static_cast<std::size_t>(lanes) * size_);
  }

  void accumulate(std::int64_t lane, const MetricBlock& block) {
    for (std::size_t i = 0; i < metrics_.size(); ++i)
      metrics_[i]->call([&](const Metric& metric) { metric.accumulate(block, state(lane, i)); });
  }

  bool need_whole_split() const {
    return std::ranges::any_of(metrics_,
                               [](const auto* m) { return m->template has<WholeSplit>(); });
  }

  /// Merges the lanes in index order and returns the values of each metric. `rows` has the outputs
  /// and targets of the split, if a metric needs them.
  std::vector<std::vector<double>> results(const MetricTotals& rows) {
    std::vector<std::vector<double>> results;
    for (std::size_t i = 0; i < metrics_.size(); ++i) {
      std::vector<double>& values = results.emplace_back(value_counts_[i]);
      MetricTotals totals{state(0, i), rows.rows, {}, {}};
      if (metrics_[i]->has<WholeSplit>()) {
        totals.outputs = rows.outputs;
        totals.targets = rows.targets;
      }
      metrics_[i]->call([&](const Metric& metric) {
        for (std::int64_t lane = 1; lane < lanes_; ++lane)
          metric.merge(state(0, i), state(lane, i));
        metric.evaluate(totals, values);
      });
    }
    return results;
  }

 private:
  std::span<double> state(std::int64_t lane, std::size_t i) {
    return std::span(values_).subspan(static_cast<std::size_t>(lane) * size_ + offsets_[i],
                                      offsets_[i + 1] - offsets_[i]);
  }

  static constexpr std::size_t most_numbers = std::size_t{1} << 40;  // all must be addressable

  std::int64_t lanes_;
  std::vector<const plugin_host::Handle<Metric>*> metrics_;
  std::vector<std::size_t> value_counts_;  ///< of all results of each
  std::vector<std::size_t> offsets_;
  std::size_t size_ = 0;
  std::vector<double> values_;
};

Network::Network(Components components, ModelDescription description, LaneRule rule,
                 ThreadTeam& team, std::uint64_t seed, std::int64_t largest_batch)
    : components_(std::move(components)),
      description_(std::move(description)),
      rule_(rule),
      team_(team),
      seed_(seed),
      weights_(description_.named_shapes()),
      sets_gradients_(components_.model.call([](const Model& m) { return m.sets_gradients(); })),
      parts_(components_.model),
      benches_(static_cast<std::size_t>(team.size())) {
  const Lanes lanes(largest_batch, rule_);
  const auto shapes = description_.named_shapes();
  for (std::int64_t i = 0; i < lanes.count(); ++i)
    lane_gradients_.push_back(std::make_unique<state::ParameterMemory>(shapes));
  for (const auto& metric : components_.metrics) {
    const ResultInfo last = results_of(metric).back();
    metric_values_.push_back(last.first + last.size);
  }
  if (components_.model.has<Phases>()) {
    sums_.emplace(components_.model);
    benches_.resize(std::max(benches_.size(), static_cast<std::size_t>(lanes.blocks())));
  }
  reserve(lanes.tallest_block());
}

LossSum Network::gradient(const RowSelection& batch, std::int64_t step) {
  if (sums_) return gradient_in_phases(batch, step);
  const Lanes lanes(batch.count(), rule_);
  reserve(lanes.tallest_block());
  lanes_in_use_ = static_cast<std::size_t>(lanes.count());
  if (shares_blocks(lanes)) return gradient_of_shared_blocks(batch, lanes, step);
  std::vector<LossSum> sums(lanes_in_use_);
  team_.run(lanes.count(), [&](std::int64_t index, int worker) {
    Bench& bench = benches_[static_cast<std::size_t>(worker)];
    state::ParameterMemory& gradients = *lane_gradients_[static_cast<std::size_t>(index)];
    Pass now = pass(Mode::training, step, 0);
    now.set_gradients = sets_gradients_ && batch.count() > 0;
    if (!now.set_gradients) std::memset(gradients.bytes().data(), 0, gradients.bytes().size());
    lanes.visit_blocks(index, [&](Range range) {
      now.first_row = range.first;
      sums[static_cast<std::size_t>(index)] +=
          train_block(now, bench, block(bench, batch, range, now), gradients.pointers());
      now.set_gradients = false;
    });
  });
  base::MappedFileWatch::check();
  LossSum total;
  for (const LossSum& sum : sums) total += sum;
  return total;
}

// Sharing costs a wait of all threads in each stage, so it must keep an eighth of them busy that
// would have no lane.
bool Network::shares_blocks(const Lanes& lanes) const {
  const std::int64_t threads = team_.in_use();
  if (parts_.forward.empty() || lanes.rows() == 0) return false;
  const std::int64_t turns = (lanes.count() + threads - 1) / threads;
  return (turns * threads - lanes.count()) * 8 > turns * threads;
}

// A block of a lane that is computed together.
struct Network::SharedBlock {
  std::size_t lane;
  Range rows;
  bool first;  // of its lane
  Bench* bench;
  Pass pass;
  Block values = {};
};

// Computes the first blocks of some lanes together, then their second ones, and so on: as many
// lanes at once as there are benches.
LossSum Network::gradient_of_shared_blocks(const RowSelection& batch, const Lanes& lanes,
                                           std::int64_t step) {
  std::vector<LossSum> losses(lanes_in_use_);
  const auto at_once = static_cast<std::int64_t>(benches_.size());
  for (std::int64_t first = 0; first < lanes.count(); first += at_once) {
    const std::int64_t last = std::min(first + at_once, lanes.count());
    for (std::int64_t i = 0; i < lanes.blocks(first); ++i) {  // the first lane has the most
      std::vector<SharedBlock> blocks;
      for (std::int64_t lane = first; lane < last && i < lanes.blocks(lane); ++lane) {
        const Range range = lanes.block(lane, i);
        Pass now = pass(Mode::training, step, range.first);
        now.set_gradients = sets_gradients_ && i == 0;
        blocks.push_back(
            {static_cast<std::size_t>(lane), range, i == 0, &benches_[blocks.size()], now});
      }
      compute_together(batch, blocks, losses);
    }
  }
  base::MappedFileWatch::check();
  LossSum total;
  for (const LossSum& loss : losses) total += loss;
  return total;
}

void Network::compute_together(const RowSelection& batch, std::span<SharedBlock> blocks,
                               std::span<LossSum> losses) {
  const auto count = static_cast<std::int64_t>(blocks.size());
  const auto each_part = [&](const std::vector<std::int64_t>& stages, auto&& compute) {
    for (std::size_t stage = 0; stage < stages.size(); ++stage)
      team_.run(count * stages[stage], [&](std::int64_t task, int worker) {
        const SharedBlock& block = blocks[static_cast<std::size_t>(task / stages[stage])];
        const Part part{static_cast<int>(stage), task % stages[stage],
                        benches_[static_cast<std::size_t>(worker)].scratch.bytes()};
        components_.model.call_facet<Parts>([&](const Parts& model) {
          compute(model, part, block, block.bench->workspace.bytes());
        });
      });
  };

  team_.run(count, [&](std::int64_t index, int) {
    SharedBlock& shared = blocks[static_cast<std::size_t>(index)];
    shared.values = block(*shared.bench, batch, shared.rows, shared.pass);
    state::ParameterMemory& gradients = *lane_gradients_[shared.lane];
    if (shared.first && !sets_gradients_)
      std::memset(gradients.bytes().data(), 0, gradients.bytes().size());
  });
  each_part(parts_.forward, [](const Parts& model, const Part& part, const SharedBlock& block,
                               std::span<std::byte> workspace) {
    model.forward_part(part, block.pass, workspace, block.values.samples, block.values.outputs);
  });
  team_.run(count, [&](std::int64_t index, int) {
    const SharedBlock& shared = blocks[static_cast<std::size_t>(index)];
    losses[shared.lane] += components_.loss.call([&](const Loss& loss) {
      return loss.gradient(shared.values.outputs, shared.values.targets, shared.values.d_outputs);
    });
  });
  each_part(parts_.backward, [&](const Parts& model, const Part& part, const SharedBlock& block,
                                 std::span<std::byte> workspace) {
    model.backward_part(part, block.pass, workspace, block.values.samples, block.values.d_outputs,
                        lane_gradients_[block.lane]->pointers());
  });
}

// Computes each phase for all blocks before the next one. Each block has a bench of its own, which
// holds its values from the first phase to the last.
LossSum Network::gradient_in_phases(const RowSelection& batch, std::int64_t step) {
  const Lanes lanes(batch.count(), rule_);
  reserve(lanes.tallest_block());
  lanes_in_use_ = static_cast<std::size_t>(lanes.count());
  batch_rows_ = batch.count();
  Pass now = pass(Mode::training, step, 0);
  now.batch_rows = batch_rows_;
  std::vector<LossSum> losses(lanes_in_use_);
  std::vector<Block> blocks(static_cast<std::size_t>(lanes.blocks()));

  sums_->begin(lanes.count());
  for (now.phase = 0; now.phase < sums_->forward_phases(); ++now.phase) {
    const bool first = now.phase == 0, last = now.phase + 1 == sums_->forward_phases();
    sums_->begin_forward(now.phase);
    each_block(lanes, now, [&](std::size_t lane, const Pass& pass, Range range) {
      const auto index = static_cast<std::size_t>(range.first / lanes.block_rows());
      Bench& bench = benches_[index];
      if (first) blocks[index] = block(bench, batch, range, pass);
      const Block& values = blocks[index];
      forward(pass, bench, values);
      if (last)
        losses[lane] += components_.loss.call([&](const Loss& loss) {
          return loss.gradient(values.outputs, values.targets, values.d_outputs);
        });
    });
  }
  for (const auto& gradients : lane_gradients())
    std::memset(gradients->bytes().data(), 0, gradients->bytes().size());
  for (now.phase = 0; now.phase < sums_->backward_phases(); ++now.phase) {
    sums_->begin_backward(now.phase);
    each_block(lanes, now, [&](std::size_t lane, const Pass& pass, Range range) {
      const auto index = static_cast<std::size_t>(range.first / lanes.block_rows());
      components_.model.call([&](const Model& model) {
        model.backward(pass, benches_[index].workspace.bytes(), blocks[index].samples,
                       blocks[index].d_outputs, lane_gradients_[lane]->pointers());
      });
    });
  }
  base::MappedFileWatch::check();
  LossSum total;
  for (const LossSum& loss : losses) total += loss;
  return total;
}

template <class Compute>
void Network::each_block(const Lanes& lanes, Pass pass, Compute&& compute) {
  pass.totals = sums_->totals();
  team_.run(lanes.count(), [&](std::int64_t lane, int) {
    Pass now = pass;
    now.sums = sums_->of_lane(lane);
    lanes.visit_blocks(lane, [&](Range range) {
      now.first_row = range.first;
      compute(static_cast<std::size_t>(lane), now, range);
    });
  });
  sums_->end_phase();
}

void Network::update_statistics() {
  if (!sums_) return;
  components_.model.call_facet<Phases>(
      [&](Phases& phases) { phases.update_statistics(sums_->totals(), batch_rows_); });
}

LossSum Network::train_block(const Pass& pass, Bench& bench, const Block& block,
                             std::span<float* const> gradients) const {
  forward(pass, bench, block);
  const LossSum sum = components_.loss.call([&](const Loss& loss) {
    return loss.gradient(block.outputs, block.targets, block.d_outputs);
  });
  components_.model.call([&](const Model& model) {
    model.backward(pass, bench.workspace.bytes(), block.samples, block.d_outputs, gradients);
  });
  return sum;
}

Evaluation Network::evaluate(const data::Rows& rows, const EvaluationRequest& request,
                             std::int64_t step) {
  const Lanes lanes(rows.count, rule_);
  reserve(lanes.tallest_block());
  Evaluation result;
  MetricStates states(components_.metrics, metric_values_, request.metrics, lanes.count());
  const std::int64_t keep =
      states.need_whole_split() ? rows.count : std::min(request.keep_rows, rows.count);
  // Skip rows that neither a metric nor a picture needs.
  const std::int64_t wanted = request.metrics.empty() ? keep : rows.count;
  result.outputs.resize(static_cast<std::size_t>(keep * description_.outputs));
  // Transformed samples lie one after the other, as apply() leaves them.
  const std::int64_t columns = description_.sample.elements();
  const std::int64_t keep_samples = transforms().empty() ? 0 : std::min(request.keep_samples, keep);
  result.samples.resize(static_cast<std::size_t>(keep_samples * columns));

  std::vector<LossSum> losses(static_cast<std::size_t>(lanes.count()));
  team_.run(lanes.count(), [&](std::int64_t index, int worker) {
    Bench& bench = benches_[static_cast<std::size_t>(worker)];
    lanes.visit_blocks(index, [&](Range range) {
      if (range.first >= wanted) return;
      const Pass now = pass(Mode::evaluation, step, range.first);
      const Block block_now = block(bench, {&rows, {}}, range, now);
      forward(now, bench, block_now);
      const std::int64_t kept = std::clamp<std::int64_t>(keep - range.first, 0, range.count);
      std::copy_n(block_now.outputs.data, kept * description_.outputs,
                  result.outputs.data() + std::min(range.first, keep) * description_.outputs);
      const std::int64_t shown =
          std::clamp<std::int64_t>(keep_samples - range.first, 0, range.count);
      std::copy_n(block_now.samples.data, shown * columns,
                  result.samples.data() + std::min(range.first, keep_samples) * columns);
      if (request.metrics.empty()) return;
      MetricBlock measured{block_now.outputs, block_now.targets, {}};
      measured.loss = components_.loss.call(
          [&](const Loss& loss) { return loss.evaluate(measured.outputs, measured.targets); });
      losses[static_cast<std::size_t>(index)] += measured.loss;
      states.accumulate(index, measured);
    });
  });
  base::MappedFileWatch::check();
  const std::int64_t n = description_.outputs;
  result.values =
      states.results({{}, rows.count, {result.outputs.data(), keep, n, n}, rows.targets()});
  if (request.metrics.empty()) return result;
  LossSum loss;
  for (const LossSum& lane : losses) loss += lane;
  result.loss = loss.sum / loss.weight;
  return result;
}

void Network::outputs(const data::Rows& rows, std::int64_t step, Range blocks,
                      const std::function<void(std::int64_t, const BlockOutputs&)>& visit) {
  const Lanes lanes(rows.count, rule_);
  reserve(lanes.tallest_block());
  const std::int64_t n = description_.outputs;
  team_.run(blocks.count, [&](std::int64_t index, int worker) {
    Bench& bench = benches_[static_cast<std::size_t>(worker)];
    const Range range = lanes.block(blocks.first + index);
    const Pass now = pass(Mode::evaluation, step, range.first);
    Block block;
    block.samples =
        transformed(now, rows.block(range.first, range.count, bench.samples.as<float>()), bench);
    block.outputs = {bench.outputs.as<float>(), range.count, n, n};
    forward(now, bench, block);
    visit(index, {range.first, block.samples, {block.outputs.data, range.count, n, n}});
  });
  base::MappedFileWatch::check();
}

void Network::observe(const RowSelection& rows, std::int64_t step, BlockProbe& probe) {
  const Lanes lanes(rows.count(), rule_);
  // A split may be larger than a batch, and its blocks are not held at once: each is as in an
  // evaluation then.
  const bool in_phases = sums_ && lanes.blocks() <= static_cast<std::int64_t>(benches_.size());
  const Mode mode = sums_ && !in_phases ? Mode::evaluation : Mode::training;
  reserve(lanes.tallest_block());
  if (in_phases) sums_->begin(lanes.count());
  Pass now = pass(mode, step, 0, &probe);
  now.batch_rows = rows.count();
  const int phases = in_phases ? sums_->forward_phases() : 1;
  for (now.phase = 0; now.phase < phases; ++now.phase) {
    if (in_phases) {
      sums_->begin_forward(now.phase);
      now.totals = sums_->totals();
    }
    for (std::int64_t lane = 0; lane < lanes.count(); ++lane) {
      if (in_phases) now.sums = sums_->of_lane(lane);
      lanes.visit_blocks(lane, [&](Range range) {
        const std::int64_t index = in_phases ? range.first / lanes.block_rows() : 0;
        Bench& bench = benches_[static_cast<std::size_t>(index)];
        now.first_row = range.first;
        const Block values = block(bench, rows, range, now);
        probe.begin_block(now, values.samples);
        forward(now, bench, values);
      });
    }
    if (in_phases) sums_->end_phase();
  }
}

Pass Network::pass(Mode mode, std::int64_t step, std::int64_t first_row, Probe* probe) const {
  return {mode, seed_, step, first_row, weights_.pointers(), probe};
}

std::size_t Network::gradient_bytes() const {
  std::size_t bytes = 0;
  for (const auto& lane : lane_gradients_) bytes += lane->bytes().size();
  return bytes;
}

void Network::reserve(std::int64_t block_rows) {
  if (block_rows <= bench_rows_) return;
  bench_rows_ = block_rows;
  const auto [workspace, samples, outputs, scratch] =
      bench_sizes(components_.model, description_, transforms(), block_rows);
  for (Bench& bench : benches_) {
    bench = {};  // free the old memory before requesting more
    bench.workspace = base::Buffer(workspace);
    bench.outputs = base::Buffer(outputs);
    bench.d_outputs = base::Buffer(outputs);
    bench.samples = base::Buffer(samples);
    bench.scratch = base::Buffer(scratch);
    bench.transformed = transforms().scratch(block_rows);
  }
}

void Network::forward(const Pass& pass, Bench& bench, const Block& block) const {
  components_.model.call([&](const Model& model) {
    model.forward(pass, bench.workspace.bytes(), block.samples, block.outputs);
  });
}

Network::Block Network::block(Bench& bench, const RowSelection& selection, Range range,
                              const Pass& pass) const {
  Block block = untransformed(bench, selection, range);
  block.samples = transformed(pass, block.samples, bench);
  return block;
}

MatrixView<const float> Network::transformed(const Pass& pass, MatrixView<const float> samples,
                                             Bench& bench) const {
  if (transforms().empty()) return samples;
  return transforms().apply({pass.mode, pass.step, pass.first_row}, samples, bench.transformed);
}

Network::Block Network::untransformed(Bench& bench, const RowSelection& selection,
                                      Range range) const {
  const std::int64_t n = description_.outputs;
  Block block;
  block.outputs = {bench.outputs.as<float>(), range.count, n, n};
  block.d_outputs = {bench.d_outputs.as<float>(), range.count, n, n};
  auto* const scratch = bench.samples.as<float>();
  const ConstTensorView targets = selection.rows->targets();
  if (selection.order.empty()) {
    block.samples = selection.rows->block(range.first, range.count, scratch);
    block.targets = targets.rows(range.first, range.count);
    return block;
  }
  const auto positions = selection.order.subspan(static_cast<std::size_t>(range.first),
                                                 static_cast<std::size_t>(range.count));
  block.samples = selection.rows->gather(positions, scratch);
  const auto row_bytes = size_of(targets.dtype) * static_cast<std::size_t>(targets.strides[0]);
  if (bench.targets.size() < row_bytes * positions.size())
    bench.targets = base::Buffer(row_bytes * static_cast<std::size_t>(bench_rows_));
  const auto* from = static_cast<const std::byte*>(targets.data);
  auto* to = bench.targets.as<std::byte>();
  for (const std::int64_t row : positions)
    to = std::copy_n(from + static_cast<std::size_t>(row) * row_bytes, row_bytes, to);
  block.targets = targets.rows(0, range.count);
  block.targets.data = bench.targets.as<std::byte>();
  return block;
}

}  // namespace assay::train
