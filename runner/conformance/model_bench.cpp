#include "runner/conformance/model_bench.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "assay/number_text.h"
#include "assay/phases.h"
#include "runner/conformance/check.h"
#include "runner/conformance/fit_blocks.h"
#include "runner/conformance/refusal.h"

namespace assay::conformance {
namespace {

constexpr std::size_t most_bytes = std::size_t{1} << 30;

std::size_t sensible(std::size_t bytes, const char* what) {
  require(bytes <= most_bytes, "it asks for {} bytes of {}", grouped(bytes), what);
  return bytes;
}

// Calls compute(block) for all blocks in each phase, with the totals of the phases before,
// and adds the sums of each phase to the totals.
template <class Block, class Compute>
void in_phases(std::span<Block> blocks, const std::vector<std::size_t>& numbers,
               std::vector<double>& totals, Compute&& compute) {
  for (std::size_t phase = 0; phase <= numbers.size(); ++phase) {
    const Lent sums((phase < numbers.size() ? numbers[phase] : 0) * sizeof(double));
    std::ranges::fill(sums.as<double>(), 0.0);
    const std::vector<double> before = totals;
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      Pass& pass = blocks[i].pass;
      pass.phase = static_cast<int>(phase);
      pass.totals = before;
      pass.sums = sums.as<double>();
      compute(blocks[i]);
    }
    require(sums.intact(), "it writes beyond the {} sums of phase {}",
            grouped(sums.as<double>().size()), phase);
    for (const double sum : sums.as<double>())
      require(std::isfinite(sum), "a sum of phase {} is {}", phase, sum);
    totals.insert(totals.end(), sums.as<double>().begin(), sums.as<double>().end());
  }
}

}  // namespace

ModelBench::ModelBench(const Subject& subject) {
  constexpr std::int64_t outputs = 10;
  std::string refusals;
  for (const Shape& shape : sample_shapes()) {
    try {
      model_ = subject.make<Model>();
      description_ = train::describe(model_, shape, outputs);
      state_ = &subject.declare_state(model_);
      if (model_.has<Fits>()) fit_blocks(model_, samples(37, 9).view(), {targets()[0], 37, 2}, 37);
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
  if (model_.has<Phases>())
    model_.call_facet<Phases>([&](const Phases& phases) {
      const auto forward = phases.forward_sums(), backward = phases.backward_sums();
      forward_sums_.assign(forward.begin(), forward.end());
      backward_sums_.assign(backward.begin(), backward.end());
    });
  for (const std::size_t numbers : forward_sums_) sensible(numbers * sizeof(double), "sums");
  for (const std::size_t numbers : backward_sums_) sensible(numbers * sizeof(double), "sums");
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

void ModelBench::forward(std::span<Block> blocks, std::vector<double>& totals) const {
  in_phases(blocks, forward_sums_, totals, [&](const Block& b) {
    model_.call([&](const Model& m) { m.forward(b.pass, b.workspace->bytes(), b.x, b.outputs); });
  });
}

std::vector<double> ModelBench::forward(const Pass& pass, const Lent& workspace,
                                        MatrixView<const float> x,
                                        MatrixView<float> outputs) const {
  std::vector<double> totals;
  if (pass.mode == Mode::evaluation) {
    model_.call([&](const Model& m) { m.forward(pass, workspace.bytes(), x, outputs); });
    return totals;
  }
  Block whole{pass, &workspace, x, {}, outputs};
  whole.pass.batch_rows = x.rows;
  forward(std::span(&whole, 1), totals);
  return totals;
}

std::vector<Lent> ModelBench::gradients(float value) const {
  std::vector<Lent> gradients;
  for (const Lent& parameter : parameters_) {
    const Lent& gradient = gradients.emplace_back(parameter.bytes().size());
    std::ranges::fill(gradient.as<float>(), value);
  }
  return gradients;
}

void ModelBench::backward(std::span<Block> blocks, const std::vector<Lent>& gradients,
                          std::vector<double>& totals) const {
  std::vector<float*> pointers;
  for (const Lent& gradient : gradients) pointers.push_back(gradient.as<float>().data());
  in_phases(blocks, backward_sums_, totals, [&](const Block& b) {
    model_.call([&](const Model& m) {
      m.backward(b.pass, b.workspace->bytes(), b.x, b.d_outputs, pointers);
    });
  });
}

void ModelBench::backward(const Pass& pass, const Lent& workspace, MatrixView<const float> x,
                          MatrixView<const float> d_outputs, const std::vector<Lent>& gradients,
                          std::vector<double> totals) const {
  Block whole{pass, &workspace, x, d_outputs, {}};
  whole.pass.batch_rows = x.rows;
  backward(std::span(&whole, 1), gradients, totals);
}

void ModelBench::train(std::int64_t rows, int set) const {
  const LentMatrix x = samples(rows, set), d = d_outputs(rows, set), y(rows, description_.outputs);
  const Lent memory = workspace(rows);
  const std::vector<Lent> gradients = this->gradients(0);
  Block whole{pass(), &memory, x.view(), d.view(), y.view()};
  whole.pass.batch_rows = rows;
  std::vector<double> totals;
  forward(std::span(&whole, 1), totals);
  backward(std::span(&whole, 1), gradients, totals);
  if (model_.has<Phases>())
    model_.call_facet<Phases>([&](Phases& phases) { phases.update_statistics(totals, rows); });
}

ModelBench::Result ModelBench::run(std::int64_t rows, std::int64_t height,
                                   std::optional<float> before) const {
  const LentMatrix x = samples(rows), d = d_outputs(rows), y(rows, description_.outputs);
  const bool phased = model_.has<Phases>();
  std::vector<Lent> workspaces;
  std::vector<Block> blocks;
  for (std::int64_t first = 0; first < rows; first += height)
    if (phased || workspaces.empty()) workspaces.push_back(workspace(height));
  const std::vector<Lent> gradients =
      this->gradients(before.value_or(std::numeric_limits<float>::quiet_NaN()));
  for (std::int64_t first = 0; first < rows; first += height) {
    const std::int64_t count = std::min(height, rows - first);
    const Lent& memory = phased ? workspaces[blocks.size()] : workspaces[0];
    blocks.push_back({pass(first), &memory, x.view().slice(first, count),
                      d.view().slice(first, count), y.view().slice(first, count)});
    blocks.back().pass.batch_rows = rows;
  }
  std::vector<double> totals;
  // A model of one phase goes through block after block in the same workspace.
  const std::size_t at_once = phased ? blocks.size() : 1;
  for (std::size_t i = 0; i < blocks.size(); i += at_once) {
    const auto now = std::span(blocks).subspan(i, at_once);
    forward(now, totals);
    now[0].pass.set_gradients = i == 0 && !before;
    backward(now, gradients, totals);
  }
  for (const Lent& memory : workspaces)
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
