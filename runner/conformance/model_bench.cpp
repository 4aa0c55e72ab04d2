#include "runner/conformance/model_bench.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "assay/number_text.h"
#include "runner/conformance/check.h"
#include "runner/conformance/refusal.h"

namespace assay::conformance {
namespace {

constexpr std::size_t most_bytes = std::size_t{1} << 30;

std::size_t sensible(std::size_t bytes, const char* what) {
  require(bytes <= most_bytes, "it asks for {} bytes of {}", grouped(bytes), what);
  return bytes;
}

}  // namespace

ModelBench::ModelBench(const Subject& subject) {
  constexpr std::int64_t outputs = 10;
  std::string refusals;
  for (const Shape& shape : sample_shapes()) {
    try {
      model_ = subject.make<Model>();
      description_ = train::describe(model_, shape, outputs);
      break;
    } catch (const train::UnsoundModel&) {
      throw;
    } catch (const plugin_host::ComponentError& error) {
      require_refusal(error);
      refusals += fmt::format("; {}: {}", described(shape), error.message());
    }
  }
  if (description_.outputs == 0)
    throw NotRun("it takes none of the shapes that are tried" + refusals);
  for (const train::ParameterInfo& p : description_.parameters)
    parameters_.emplace_back(
        sensible(static_cast<std::size_t>(p.shape.elements()) * sizeof(float), "parameters"));
  for (const Lent& parameter : parameters_) pointers_.push_back(parameter.as<float>().data());
  fill_parameters();
}

// Does not use the model's own initial values, because zeros hide mistakes.
void ModelBench::fill_parameters() {
  for (std::size_t i = 0; i < parameter_count(); ++i) {
    const train::ParameterInfo& p = description_.parameters[i];
    const auto elements = static_cast<std::size_t>(p.shape.elements());
    float scale = 0.3F;
    if (p.shape.rank() >= 2) {
      const auto last = static_cast<double>(p.shape[p.shape.rank() - 1]);
      scale = static_cast<float>(std::sqrt(3 * last / static_cast<double>(elements)));
    }
    std::vector<float> values = spread(elements, 100 + i, scale);
    if (p.role == Role::scale)
      for (float& value : values) value += 1;
    std::ranges::copy(values, parameter(i).begin());
  }
}

LentMatrix ModelBench::samples(std::int64_t rows, int set) const {
  const std::int64_t columns = description_.sample.elements();
  return {rows, columns, spread(static_cast<std::size_t>(rows * columns), seed_of(11, set))};
}

LentMatrix ModelBench::d_outputs(std::int64_t rows, int set) const {
  const std::int64_t columns = description_.outputs;
  return {rows, columns, spread(static_cast<std::size_t>(rows * columns), seed_of(12, set))};
}

Lent ModelBench::workspace(std::int64_t rows) const {
  const std::size_t bytes = model_.call([&](const Model& m) { return m.workspace_bytes(rows); });
  return Lent(sensible(bytes, "workspace"));
}

Pass ModelBench::pass(std::int64_t first_row, Probe* probe) const {
  return {Mode::training, 7, 3, first_row, pointers_, probe, false};
}

void ModelBench::forward(const Pass& pass, const Lent& workspace, MatrixView<const float> x,
                         MatrixView<float> outputs) const {
  model_.call([&](const Model& m) { m.forward(pass, workspace.bytes(), x, outputs); });
}

std::vector<Lent> ModelBench::gradients(float value) const {
  std::vector<Lent> gradients;
  for (const Lent& parameter : parameters_) {
    const Lent& gradient = gradients.emplace_back(parameter.bytes().size());
    std::ranges::fill(gradient.as<float>(), value);
  }
  return gradients;
}

void ModelBench::backward(const Pass& pass, const Lent& workspace, MatrixView<const float> x,
                          MatrixView<const float> d_outputs,
                          const std::vector<Lent>& gradients) const {
  std::vector<float*> pointers;
  for (const Lent& gradient : gradients) pointers.push_back(gradient.as<float>().data());
  model_.call([&](const Model& m) { m.backward(pass, workspace.bytes(), x, d_outputs, pointers); });
}

ModelBench::Result ModelBench::run(std::int64_t rows, std::int64_t height,
                                   std::optional<float> before) const {
  const LentMatrix x = samples(rows), d = d_outputs(rows), y(rows, description_.outputs);
  const Lent memory = workspace(height);
  const std::vector<Lent> gradients =
      this->gradients(before.value_or(std::numeric_limits<float>::quiet_NaN()));
  for (std::int64_t first = 0; first < rows; first += height) {
    const std::int64_t count = std::min(height, rows - first);
    const MatrixView<const float> block = x.view().slice(first, count);
    Pass pass = this->pass(first);
    forward(pass, memory, block, y.view().slice(first, count));
    pass.set_gradients = first == 0 && !before;
    backward(pass, memory, block, d.view().slice(first, count), gradients);
  }
  require(memory.intact(), "it writes beyond the workspace of workspace_bytes({}) = {} bytes",
          height, grouped(memory.bytes().size()));
  y.require_intact("outputs");
  y.require_finite("outputs");
  require(same_bits(x.values(), samples(rows).values()), "it changes the samples");
  require(same_bits(d.values(), d_outputs(rows).values()), "it changes d_outputs");
  Result result{y.values(), {}};
  for (std::size_t i = 0; i < parameter_count(); ++i) {
    const std::string& name = description_.parameters[i].name;
    require(parameters_[i].intact(), "it writes beyond parameter {}", name);
    require(gradients[i].intact(), "it writes beyond the gradient of {}", name);
    const auto values = gradients[i].as<float>();
    require(std::ranges::all_of(values, [](float v) { return std::isfinite(v); }),
            "the gradient of {} is not finite", name);
    result.gradients.emplace_back(values.begin(), values.end());
  }
  return result;
}

}  // namespace assay::conformance
