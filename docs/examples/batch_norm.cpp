// Model `batch_norm_mlp`: a hidden layer with batch normalization and ReLU, then a linear layer.
// S. Ioffe, C. Szegedy: Batch Normalization, arXiv:1502.03167; as flax.nnx.BatchNorm.
#include <algorithm>
#include <array>
#include <cmath>

#include "assay/model.h"
#include "assay/phases.h"
#include "assay/plugin.h"
#include "assay/state.h"

namespace {
using In = assay::MatrixView<const float>;
class BatchNormMlp final : public assay::Model, public assay::Stateful, public assay::Phases {
 public:
  static constexpr assay::About about = {.name = "batch_norm_mlp", .doc = "Normalizes a layer."};
  struct Options {
    std::int64_t hidden = 32;
    double momentum = 0.99, epsilon = 1e-5;
  };
  static constexpr auto table = assay::options(
      assay::option("hidden", &Options::hidden, "units", {.minimum = 1}),
      assay::option("momentum", &Options::momentum, "momentum of the running statistics"),
      assay::option("epsilon", &Options::epsilon, "added to the variance"));
  explicit BatchNormMlp(const Options& options)
      : hidden_(static_cast<std::size_t>(options.hidden)), options_(options) {}
  void build(assay::ModelBuilder& builder) override {
    using enum assay::Role;
    using enum assay::Initializer;
    const std::int64_t d = builder.sample().elements(), k = builder.outputs();
    const auto h = static_cast<std::int64_t>(hidden_);
    inputs_ = static_cast<std::size_t>(d);
    outputs_ = static_cast<std::size_t>(k);
    builder.parameter("kernel1", {d, h}, kernel, lecun_normal);
    builder.parameter("scale", {h}, scale, ones);
    builder.parameter("bias1", {h}, bias, zeros);
    builder.parameter("kernel2", {h, k}, kernel, lecun_normal);
    builder.parameter("bias2", {k}, bias, zeros);
    sums_ = {hidden_, hidden_, 2 * hidden_};
  }
  void declare_state(assay::State& state) override {
    mean_ = state.tensor<double>("mean", {static_cast<std::int64_t>(hidden_)});
    variance_ = state.tensor<double>("variance", {static_cast<std::int64_t>(hidden_)});
    for (double& variance : variance_) variance = 1;
  }
  std::span<const std::size_t> forward_sums() const override { return {sums_.data(), 2}; }
  std::span<const std::size_t> backward_sums() const override { return {&sums_[2], 1}; }
  void update_statistics(std::span<const double> totals, std::int64_t rows) override {
    const double share = (1 - options_.momentum) / static_cast<double>(rows);
    for (std::size_t j = 0; j < hidden_; ++j) {
      mean_[j] = options_.momentum * mean_[j] + share * totals[j];
      variance_[j] = options_.momentum * variance_[j] + share * totals[hidden_ + j];
    }
  }
  std::size_t workspace_bytes(std::int64_t rows) const override {
    return 2 * static_cast<std::size_t>(rows) * hidden_ * sizeof(float);
  }
  void forward(const assay::Pass& pass, std::span<std::byte> workspace, In x,
               assay::MatrixView<float> y) const override {
    auto* const normal = reinterpret_cast<float*>(workspace.data());
    float* const active = normal + static_cast<std::size_t>(x.rows) * hidden_;
    const bool trains = pass.mode == assay::Mode::training;
    const auto n = static_cast<double>(pass.batch_rows);
    for (std::int64_t r = 0; r < x.rows; ++r) {
      float* const u = normal + static_cast<std::size_t>(r) * hidden_;
      float* const a = active + static_cast<std::size_t>(r) * hidden_;
      if (pass.phase == 0) {
        std::fill_n(u, hidden_, 0.0F);
        for (std::size_t i = 0; i < inputs_; ++i)
          for (std::size_t j = 0; j < hidden_; ++j)
            u[j] += x.row(r)[i] * pass.parameters[0][i * hidden_ + j];
        if (trains)
          for (std::size_t j = 0; j < hidden_; ++j) pass.sums[j] += double{u[j]};
      }
      if (trains && pass.phase == 1)
        for (std::size_t j = 0; j < hidden_; ++j)
          pass.sums[j] += std::pow(double{u[j]} - pass.totals[j] / n, 2);
      if (trains && pass.phase < 2) continue;
      std::copy_n(pass.parameters[4], outputs_, y.row(r));
      for (std::size_t j = 0; j < hidden_; ++j) {
        const double mean = trains ? pass.totals[j] / n : mean_[j];
        const double variance = trains ? pass.totals[hidden_ + j] / n : variance_[j];
        u[j] = static_cast<float>((double{u[j]} - mean) / std::sqrt(variance + options_.epsilon));
        a[j] = std::max(0.0F, pass.parameters[1][j] * u[j] + pass.parameters[2][j]);
        for (std::size_t k = 0; k < outputs_; ++k)
          y.row(r)[k] += a[j] * pass.parameters[3][j * outputs_ + k];
      }
    }
  }
  void backward(const assay::Pass& pass, std::span<std::byte> workspace, In x, In d,
                std::span<float* const> gradients) const override {
    auto* const normal = reinterpret_cast<float*>(workspace.data());
    float* const active = normal + static_cast<std::size_t>(x.rows) * hidden_;
    const auto n = static_cast<double>(pass.batch_rows);
    for (std::int64_t r = 0; r < x.rows; ++r) {
      const float* const u = normal + static_cast<std::size_t>(r) * hidden_;
      float* const a = active + static_cast<std::size_t>(r) * hidden_;
      for (std::size_t k = 0; k < outputs_ && pass.phase == 0; ++k) gradients[4][k] += d.row(r)[k];
      for (std::size_t j = 0; j < hidden_; ++j) {
        if (pass.phase == 0) {
          float slope = 0;  // of the loss by what is activated
          for (std::size_t k = 0; k < outputs_; ++k) {
            gradients[3][j * outputs_ + k] += a[j] * d.row(r)[k];
            slope += d.row(r)[k] * pass.parameters[3][j * outputs_ + k];
          }
          a[j] = a[j] > 0 ? slope : 0;
          gradients[1][j] += a[j] * u[j];
          gradients[2][j] += a[j];
          pass.sums[j] += double{a[j]};
          pass.sums[hidden_ + j] += double{a[j]} * double{u[j]};
        } else {
          const double variance = pass.totals[hidden_ + j] / n;
          const double* const sums = pass.totals.data() + 2 * hidden_;
          const double slope = (a[j] - sums[j] / n - u[j] * sums[hidden_ + j] / n) *
                               pass.parameters[1][j] / std::sqrt(variance + options_.epsilon);
          for (std::size_t i = 0; i < inputs_; ++i)
            gradients[0][i * hidden_ + j] += static_cast<float>(slope * double{x.row(r)[i]});
        }
      }
    }
  }

 private:
  std::size_t hidden_, inputs_ = 0, outputs_ = 0;
  Options options_;
  std::array<std::size_t, 3> sums_{};
  std::span<double> mean_, variance_;
};
}  // namespace
ASSAY_PLUGIN("batch_norm", "0.1.0", "MIT", BatchNormMlp)
