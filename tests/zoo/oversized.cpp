// Components whose sizes would overflow if a careless host multiplied them; the host would then
// write beyond the memory that it allocated.
#include <algorithm>
#include <cstdint>
#include <limits>

#include "assay/dataset.h"
#include "assay/metric.h"
#include "assay/model.h"
#include "assay/plugin.h"

namespace {

using assay::About;
using assay::Shape;

/// Touches all the memory that it gets, as a component may.
class Model : public assay::Model {
 public:
  std::size_t workspace_bytes(std::int64_t /*rows*/) const override { return 0; }
  void forward(const assay::Pass& /*pass*/, std::span<std::byte> workspace,
               assay::MatrixView<const float> /*x*/,
               assay::MatrixView<float> outputs) const override {
    std::ranges::fill(workspace, std::byte{});
    for (std::int64_t i = 0; i < outputs.rows; ++i) std::ranges::fill(outputs.row_span(i), 0.0F);
  }
  void backward(const assay::Pass& /*pass*/, std::span<std::byte> /*workspace*/,
                assay::MatrixView<const float> /*x*/, assay::MatrixView<const float> /*d_outputs*/,
                std::span<float* const> gradients) const override {
    for (float* gradient : gradients) gradient[0] += 1;
  }
};

/// 2^64 + 2^32 elements, which is 2^32 in 64 bits.
class Parameter final : public Model {
 public:
  static constexpr About about = {.name = "parameter", .doc = "A parameter that overflows."};
  void build(assay::ModelBuilder& builder) override {
    constexpr std::int64_t side = std::int64_t{1} << 32;
    builder.parameter("kernel", {side, side + 1}, assay::Role::kernel, assay::Initializer::zeros);
  }
};

/// Each one fits into 64 bits; the number of bytes of all of them does not.
class Parameters final : public Model {
 public:
  static constexpr About about = {.name = "parameters", .doc = "Parameters that overflow."};
  void build(assay::ModelBuilder& builder) override {
    for (const char* name : {"a", "b", "c", "d"})
      builder.parameter(name, {std::int64_t{1} << 60}, assay::Role::kernel,
                        assay::Initializer::zeros);
  }
};

class Workspace final : public Model {
 public:
  static constexpr About about = {.name = "workspace", .doc = "A workspace that overflows."};
  void build(assay::ModelBuilder& builder) override {
    builder.parameter("bias", {1}, assay::Role::bias, assay::Initializer::zeros);
  }
  std::size_t workspace_bytes(std::int64_t /*rows*/) const override {
    return std::numeric_limits<std::size_t>::max();
  }
};

class Dataset : public assay::Dataset {
 public:
  void read_samples(std::span<const std::int64_t> rows,
                    assay::MatrixView<float> out) const override {
    for (std::size_t i = 0; i < rows.size(); ++i)
      std::ranges::fill(out.row_span(static_cast<std::int64_t>(i)), 0.0F);
  }
  void read_targets(std::span<const std::int64_t> /*rows*/, assay::TensorView out) const override {
    std::ranges::fill(out.values<float>(), 0.0F);
  }
};

/// 8 rows of 2^61 samples: 2^66 bytes.
class Samples final : public Dataset {
 public:
  static constexpr About about = {.name = "samples", .doc = "Samples that overflow."};
  void describe(assay::DatasetDescription& description) const override {
    description.samples(8, {std::int64_t{1} << 61});
    description.values({1});
  }
};

class Targets final : public Dataset {
 public:
  static constexpr About about = {.name = "targets", .doc = "Targets that overflow."};
  void describe(assay::DatasetDescription& description) const override {
    description.samples(8, {2});
    description.values({std::int64_t{1} << 61});
  }
};

/// Twice 2^63 numbers: for two lanes this gives 0 in 64 bits.
class State final : public assay::Metric {
 public:
  static constexpr About about = {.name = "state", .doc = "A state that overflows."};
  std::size_t state_size() const override { return std::size_t{1} << 63; }
  void accumulate(const assay::MetricBlock& /*block*/, std::span<double> state) const override {
    state[0] += 1;
  }
  void evaluate(const assay::MetricTotals& totals, std::span<double> values) const override {
    values[0] = totals.state[0];
  }
};

}  // namespace

ASSAY_PLUGIN("oversized", "1.0.0", "MIT", Parameter, Parameters, Workspace, Samples, Targets, State)
