#include "runner/train/network.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace assay::train {

Network::Network(Components components, ModelDescription description, LaneRule rule,
                 ThreadTeam& team, std::uint64_t seed, std::int64_t largest_batch)
    : components_(std::move(components)),
      description_(std::move(description)),
      rule_(rule),
      team_(team),
      seed_(seed),
      weights_(description_),
      prepared_(components_.model.call([](const Model& m) { return m.prepared_bytes(); })),
      benches_(static_cast<std::size_t>(team.size())) {
  const Lanes lanes(largest_batch, rule_);
  for (std::int64_t i = 0; i < lanes.count(); ++i)
    lane_gradients_.push_back(std::make_unique<ParameterMemory>(description_));
}

void Network::weights_changed() {
  if (prepared_.size() == 0) return;
  const int parts = team_.size();
  const std::span<const float* const> weights = std::as_const(weights_).pointers();
  team_.run(parts, [&](std::int64_t part, int) {
    components_.model.call([&](const Model& m) {
      m.prepare(weights, prepared_.bytes(), static_cast<int>(part), parts);
    });
  });
}

LossSum Network::gradient(const RowSelection& batch, std::int64_t step) {
  const Lanes lanes(batch.count(), rule_);
  reserve(lanes.block_rows());
  lanes_in_use_ = static_cast<std::size_t>(lanes.count());
  std::vector<LossSum> sums(lanes_in_use_);
  team_.run(lanes.count(), [&](std::int64_t index, int worker) {
    Bench& bench = benches_[static_cast<std::size_t>(worker)];
    ParameterMemory& gradients = *lane_gradients_[static_cast<std::size_t>(index)];
    std::memset(gradients.bytes().data(), 0, gradients.bytes().size());
    const Range lane = lanes.lane(index);
    for (std::int64_t done = 0; done < lane.count; done += lanes.block_rows()) {
      const Range range{lane.first + done, std::min(lanes.block_rows(), lane.count - done)};
      sums[static_cast<std::size_t>(index)] +=
          train_block(pass(Mode::train, step, range.first), bench, block(bench, batch, range),
                      gradients.pointers());
    }
  });
  LossSum total;
  for (const LossSum& sum : sums) total += sum;
  return total;
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
  reserve(lanes.block_rows());
  Evaluation result;
  const std::int64_t keep = std::min(request.keep_rows, rows.count);
  // Rows that neither a metric nor a picture asks for are not computed.
  const std::int64_t wanted = request.metrics.empty() ? keep : rows.count;
  result.outputs.resize(static_cast<std::size_t>(keep * description_.outputs));

  std::vector<std::size_t> offsets;
  std::size_t state_size = 0;
  for (const std::size_t metric : request.metrics) {
    offsets.push_back(state_size);
    state_size += components_.metrics[metric].call([](const Metric& m) { return m.state_size(); });
  }
  std::vector<double> states(static_cast<std::size_t>(lanes.count()) * state_size);
  const auto state_of = [&](std::int64_t lane, std::size_t i) {
    const std::size_t end = i + 1 < offsets.size() ? offsets[i + 1] : state_size;
    return std::span(states).subspan(static_cast<std::size_t>(lane) * state_size + offsets[i],
                                     end - offsets[i]);
  };

  team_.run(lanes.count(), [&](std::int64_t index, int worker) {
    Bench& bench = benches_[static_cast<std::size_t>(worker)];
    const Range lane = lanes.lane(index);
    for (std::int64_t done = 0; done < lane.count; done += lanes.block_rows()) {
      const Range range{lane.first + done, std::min(lanes.block_rows(), lane.count - done)};
      if (range.first >= wanted) break;
      const Block rows_now = block(bench, {&rows, {}}, range);
      forward(pass(Mode::evaluate, step, range.first), bench, rows_now);
      for (std::int64_t row = range.first; row < std::min(range.first + range.count, keep); ++row)
        std::copy_n(rows_now.outputs.row(row - range.first), description_.outputs,
                    result.outputs.data() + row * description_.outputs);
      if (request.metrics.empty()) continue;
      MetricBlock measured{rows_now.outputs, rows_now.targets, {}};
      measured.loss = components_.loss.call(
          [&](const Loss& loss) { return loss.evaluate(measured.outputs, measured.targets); });
      for (std::size_t i = 0; i < request.metrics.size(); ++i)
        components_.metrics[request.metrics[i]].call(
            [&](const Metric& metric) { metric.accumulate(measured, state_of(index, i)); });
    }
  });

  for (std::size_t i = 0; i < request.metrics.size(); ++i)
    result.values.push_back(components_.metrics[request.metrics[i]].call([&](const Metric& metric) {
      for (std::int64_t lane = 1; lane < lanes.count(); ++lane)
        metric.merge(state_of(0, i), state_of(lane, i));
      return metric.value(state_of(0, i));
    }));
  return result;
}

void Network::observe(const RowSelection& rows, std::int64_t step, Probe& probe) {
  const Lanes lanes(rows.count(), rule_);
  reserve(lanes.block_rows());
  for (std::int64_t index = 0; index < lanes.count(); ++index) {
    const Range lane = lanes.lane(index);
    for (std::int64_t done = 0; done < lane.count; done += lanes.block_rows()) {
      const Range range{lane.first + done, std::min(lanes.block_rows(), lane.count - done)};
      forward(pass(Mode::train, step, range.first, &probe), benches_[0],
              block(benches_[0], rows, range));
    }
  }
}

Pass Network::pass(Mode mode, std::int64_t step, std::int64_t first_row, Probe* probe) const {
  return {mode, seed_, step, first_row, {weights_.pointers(), prepared_.bytes()}, probe};
}

void Network::reserve(std::int64_t block_rows) {
  if (block_rows <= bench_rows_) return;
  bench_rows_ = block_rows;
  const auto rows = static_cast<std::size_t>(block_rows);
  const std::size_t outputs = rows * static_cast<std::size_t>(description_.outputs) * sizeof(float);
  const std::size_t samples =
      rows * static_cast<std::size_t>(description_.sample.elements()) * sizeof(float);
  const std::size_t workspace =
      components_.model.call([&](const Model& m) { return m.workspace_bytes(block_rows); });
  for (Bench& bench : benches_) {
    bench.workspace = data::Buffer(workspace);
    bench.outputs = data::Buffer(outputs);
    bench.d_outputs = data::Buffer(outputs);
    bench.samples = data::Buffer(samples);
  }
}

void Network::forward(const Pass& pass, Bench& bench, const Block& block) const {
  components_.model.call([&](const Model& model) {
    model.forward(pass, bench.workspace.bytes(), block.samples, block.outputs);
  });
}

Network::Block Network::block(Bench& bench, const RowSelection& selection, Range range) const {
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
    bench.targets = data::Buffer(row_bytes * static_cast<std::size_t>(bench_rows_));
  const auto* from = static_cast<const std::byte*>(targets.data);
  auto* to = bench.targets.as<std::byte>();
  for (const std::int64_t row : positions)
    to = std::copy_n(from + static_cast<std::size_t>(row) * row_bytes, row_bytes, to);
  block.targets = targets.rows(0, range.count);
  block.targets.data = bench.targets.as<std::byte>();
  return block;
}

}  // namespace assay::train
