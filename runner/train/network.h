// A model with its weights. It computes gradients of a batch and evaluations of a split. Rows are
// divided into lanes (lanes.h), on which the team works.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "assay/loss.h"
#include "assay/metric.h"
#include "assay/model.h"
#include "runner/data/rows.h"
#include "runner/plugin_host/component.h"
#include "runner/state/parameter_memory.h"
#include "runner/train/batch_sums.h"
#include "runner/train/lanes.h"
#include "runner/train/model_description.h"
#include "runner/train/thread_team.h"
#include "runner/train/transforms.h"

namespace assay::train {

/// The rows to compute on: all of `rows` in their order, or those at the positions `order`.
struct RowSelection {
  const data::Rows* rows = nullptr;
  std::span<const std::int64_t> order;  ///< empty: all, in their order

  std::int64_t count() const {
    return order.empty() ? rows->count : static_cast<std::int64_t>(order.size());
  }
};

struct EvaluationRequest {
  std::vector<std::size_t> metrics;  ///< indices into Network::Components::metrics
  std::int64_t keep_rows = 0;        ///< keep the outputs of this many rows at the start
  std::int64_t keep_samples = 0;     ///< keep so many of their transformed samples
};

struct Evaluation {
  /// The values of all results of each metric, as in the request (metric_results.h).
  std::vector<std::vector<double>> values;
  /// The mean of the loss that is trained on, over all rows; computed if any metric is requested.
  double loss = 0;
  /// [rows, outputs] of at least the rows to keep; all if a metric needs the whole split.
  std::vector<float> outputs;
  /// [rows, elements of a transformed sample] of the rows to keep; empty if there are no
  /// transforms.
  std::vector<float> samples;
};

/// The outputs of a block of rows.
struct BlockOutputs {
  std::int64_t first_row = 0;       ///< its position among the rows
  MatrixView<const float> samples;  ///< as the transforms leave them
  MatrixView<const float> outputs;
};

/// Observes the layers in a pass of training, block by block.
class BlockProbe : public Probe {
 public:
  /// The outputs that follow are those of the block that begins with the row `pass.first_row`;
  /// `samples` are what the model gets.
  virtual void begin_block(const Pass& pass, MatrixView<const float> samples) = 0;

 protected:
  ~BlockProbe() = default;
};

/// Returns the bytes that a thread needs for blocks of this many rows: the model's workspace,
/// samples and transformed samples, outputs and their derivatives. Throws
/// plugin_host::ComponentError.
std::size_t bench_bytes(const plugin_host::Handle<Model>& model,
                        const ModelDescription& description, const Transforms& transforms,
                        std::int64_t block_rows);

/// The parts into which a model divides blocks, so that threads can share them (assay/parts.h).
/// Both are empty if they cannot.
struct PartCounts {
  /// Takes them from a model that was built. Throws assay::Error if they make no sense.
  explicit PartCounts(const plugin_host::Handle<Model>& model);
  /// Returns the number of parts of the largest stage; 1 if there are none.
  std::int64_t most() const;

  static constexpr std::int64_t largest = 1024;  ///< parts of a stage
  std::vector<std::int64_t> forward, backward;   ///< by stage
};

/// Returns how many threads can work on a batch at once: one for each lane, or more if the model
/// lets threads share blocks.
std::int64_t useful_threads(const plugin_host::Handle<Model>& model, const Lanes& lanes);

class Network {
 public:
  struct Components {
    plugin_host::Handle<Model> model;
    plugin_host::Handle<Loss> loss;
    std::vector<plugin_host::Handle<Metric>> metrics;  ///< prepared
    Transforms transforms = {};                        ///< the model is built for what they leave
  };

  /// `largest_batch` is the number of rows in the largest batch that gradient() will get.
  Network(Components components, ModelDescription description, LaneRule rule, ThreadTeam& team,
          std::uint64_t seed, std::int64_t largest_batch);

  const ModelDescription& description() const { return description_; }
  const Transforms& transforms() const { return components_.transforms; }
  state::ParameterMemory& weights() { return weights_; }
  const state::ParameterMemory& weights() const { return weights_; }
  const LaneRule& rule() const { return rule_; }
  /// Lends the weights: weights/PARAMETER.
  void lend_state(state::Registry& registry) {
    state::lend("weights", description_.named_shapes(), weights_, registry);
  }

  /// Returns the sum and the weight of the loss over the batch. The gradient of the sum is in
  /// lane_gradients(), to be added up in index order. The caller may change it; the next call
  /// clears it.
  LossSum gradient(const RowSelection& batch, std::int64_t step);
  /// Lets a model with the facet Phases update its statistics from the batch of the last
  /// gradient(). Call it once the step is known to count.
  void update_statistics();
  std::span<const std::unique_ptr<state::ParameterMemory>> lane_gradients() const {
    return {lane_gradients_.data(), lanes_in_use_};
  }

  /// Returns the mean gradient of the last batch, once Update::apply() has added up the lanes.
  const state::ParameterMemory& mean_gradient() const { return *lane_gradients_.front(); }

  Evaluation evaluate(const data::Rows& rows, const EvaluationRequest& request, std::int64_t step);

  /// Computes the outputs of a range of the blocks into which evaluate() divides these rows
  /// (Lanes::block), with the same bits. It reads no targets. Calls visit(i, outputs) for the i-th
  /// block of the range, on the thread that computed it, in any order.
  void outputs(const data::Rows& rows, std::int64_t step, Range blocks,
               const std::function<void(std::int64_t, const BlockOutputs&)>& visit);

  // Memory in bytes.
  std::size_t gradient_bytes() const;  ///< of all lanes
  /// Returns the bytes that one thread needs for blocks of this many rows, without gathered
  /// targets.
  std::size_t bench_bytes(std::int64_t block_rows) const {
    return train::bench_bytes(components_.model, description_, components_.transforms, block_rows);
  }
  /// Returns the bytes that the threads currently hold for blocks.
  std::size_t reserved_bytes() const { return benches_.size() * bench_bytes(bench_rows_); }
  /// Returns how many blocks are held at once: one for each thread, or all of a batch if the model
  /// has the facet Phases.
  std::size_t bench_count() const { return benches_.size(); }

  /// Returns true if the metric of this number needs all outputs of a split at once.
  bool reads_whole_split(std::size_t metric) const {
    return components_.metrics[metric].has<WholeSplit>();
  }

  /// Computes the rows forward as in training, one block after another, observed by `probe`. A
  /// model with the facet Phases passes all blocks in each phase.
  void observe(const RowSelection& rows, std::int64_t step, BlockProbe& probe);

 private:
  class MetricStates;
  // The memory that one worker needs for a block.
  struct Bench {
    base::Buffer workspace;
    base::Buffer samples;
    Transforms::Scratch transformed;
    base::Buffer targets;
    base::Buffer outputs;
    base::Buffer d_outputs;
    base::Buffer scratch;  ///< for a part of a block that threads share
  };
  struct Block {
    MatrixView<const float> samples;
    ConstTensorView targets;
    MatrixView<float> outputs;
    MatrixView<float> d_outputs;
  };

  Pass pass(Mode mode, std::int64_t step, std::int64_t first_row, Probe* probe = nullptr) const;
  void reserve(std::int64_t block_rows);
  /// Returns the rows of a block, transformed as the pass says, and the memory for its outputs.
  Block block(Bench& bench, const RowSelection& selection, Range range, const Pass& pass) const;
  Block untransformed(Bench& bench, const RowSelection& selection, Range range) const;
  MatrixView<const float> transformed(const Pass& pass, MatrixView<const float> samples,
                                      Bench& bench) const;
  void forward(const Pass& pass, Bench& bench, const Block& block) const;
  /// Returns true if threads should compute blocks together, since some would have no lane.
  bool shares_blocks(const Lanes& lanes) const;
  LossSum gradient_of_shared_blocks(const RowSelection& batch, const Lanes& lanes,
                                    std::int64_t step);
  struct SharedBlock;
  void compute_together(const RowSelection& batch, std::span<SharedBlock> blocks,
                        std::span<LossSum> losses);
  LossSum gradient_in_phases(const RowSelection& batch, std::int64_t step);
  /// Calls compute(lane, pass, block) for every block of a batch, on all threads, in a phase that
  /// was begun, and ends the phase.
  template <class Compute>
  void each_block(const Lanes& lanes, Pass pass, Compute&& compute);
  LossSum train_block(const Pass& pass, Bench& bench, const Block& block,
                      std::span<float* const> gradients) const;

  Components components_;
  ModelDescription description_;
  LaneRule rule_;
  ThreadTeam& team_;
  std::uint64_t seed_;
  state::ParameterMemory weights_;
  bool sets_gradients_;
  std::vector<std::size_t> metric_values_;  ///< how many numbers each metric gives
  std::optional<BatchSums> sums_;           ///< if the model has the facet Phases
  PartCounts parts_;
  std::int64_t batch_rows_ = 0;  ///< of the last gradient()
  std::vector<Bench> benches_;   ///< by worker, or by block of a batch that is computed in phases
  std::int64_t bench_rows_ = 0;
  std::vector<std::unique_ptr<state::ParameterMemory>> lane_gradients_;
  std::size_t lanes_in_use_ = 0;
};

}  // namespace assay::train
