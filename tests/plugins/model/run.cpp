#include "tests/plugins/model/run.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace assay::test {

std::vector<float> numbers(std::size_t count, unsigned seed, float deviation) {
  std::mt19937 generator(seed);
  std::normal_distribution<float> normal(0, deviation);
  std::vector<float> values(count);
  std::ranges::generate(values, [&] { return normal(generator); });
  return values;
}

namespace {

class Builder final : public ModelBuilder {
 public:
  Builder(const Shape& sample, std::int64_t outputs, std::vector<ModelRun::Declared>& parameters,
          std::vector<ModelRun::DeclaredLayer>& layers)
      : sample_(sample), outputs_(outputs), parameters_(parameters), layers_(layers) {}
  Shape sample() const override { return sample_; }
  std::int64_t outputs() const override { return outputs_; }
  int parameter(std::string_view name, const Shape& shape, Role role,
                Initializer initializer) override {
    parameters_.push_back({std::string(name), shape, role, initializer});
    return static_cast<int>(parameters_.size()) - 1;
  }
  void layer(const Layer& l) override {
    layers_.push_back({std::string(l.name),
                       std::string(l.operation),
                       std::string(l.activation),
                       l.input,
                       l.output,
                       {l.parameters.begin(), l.parameters.end()}});
  }

 private:
  Shape sample_;
  std::int64_t outputs_;
  std::vector<ModelRun::Declared>& parameters_;
  std::vector<ModelRun::DeclaredLayer>& layers_;
};

}  // namespace

ModelRun::ModelRun(std::string_view options, const Shape& sample, std::int64_t outputs,
                   InstructionSet set)
    : model_(make<Model>("mlp", options, set)) {
  Builder builder(sample, outputs, declared_, layers_);
  model_->build(builder);
  for (const Declared& p : declared_) {
    const auto count = static_cast<std::size_t>(p.shape.elements());
    std::ranges::fill(parameters_.emplace_back(count).span(), 0.0F);
    gradients_.emplace_back(count);
    values_.push_back(parameters_.back().data());
    gradient_pointers_.push_back(gradients_.back().data());
  }
  clear_gradients();
}

void ModelRun::fill_parameters(unsigned seed) {
  for (std::size_t i = 0; i < size(); ++i) {
    const bool kernel = declared_[i].shape.rank() == 2;
    const float deviation =
        kernel ? 1 / std::sqrt(static_cast<float>(declared_[i].shape[0])) : 0.3F;
    const auto values =
        numbers(parameter(i).size(), seed * 1000 + static_cast<unsigned>(i), deviation);
    std::ranges::copy(values, parameter(i).begin());
  }
}

void ModelRun::clear_gradients() {
  for (const auto& g : gradients_) std::ranges::fill(g.span(), 0.0F);
}

Pass ModelRun::pass(Probe* probe) const {
  Pass pass;
  pass.parameters = values_;
  pass.probe = probe;
  return pass;
}

std::span<std::byte> ModelRun::workspace(std::int64_t rows) {
  if (workspaces_.empty() || rows > workspace_rows_) {
    workspaces_.clear();
    workspaces_.emplace_back(model_->workspace_bytes(rows));
    workspace_rows_ = rows;
  }
  return workspaces_.front().span();
}

void ModelRun::forward(MatrixView<const float> x, MatrixView<float> outputs, Probe* probe) {
  model_->forward(pass(probe), workspace(x.rows), x, outputs);
}

void ModelRun::backward(MatrixView<const float> x, MatrixView<const float> d_outputs, bool set) {
  Pass now = pass(nullptr);
  now.set_gradients = set;
  model_->backward(now, workspace(x.rows), x, d_outputs, gradient_pointers_);
}

}  // namespace assay::test
