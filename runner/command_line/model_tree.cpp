#include "runner/command_line/model_tree.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <vector>

#include "runner/base/utf8.h"
#include "runner/base/words.h"

namespace assay::command_line {
namespace {

std::string size_text(std::int64_t elements) {
  return fmt::format("{} parameters, {}", grouped(elements),
                     base::bytes_text(elements * static_cast<std::int64_t>(sizeof(float))));
}

std::string statistics(std::span<const float> values) {
  const Eigen::Map<const Eigen::ArrayXf> array(values.data(),
                                               static_cast<Eigen::Index>(values.size()));
  const auto exact = array.cast<double>();  // converted element by element: a copy would be large
  const double mean = exact.mean();
  const double deviation = std::sqrt((exact - mean).square().mean());
  return fmt::format("mean {:.4g}, deviation {:.4g}, min {:.4g}, max {:.4g}, {} zeros", mean,
                     deviation, array.minCoeff<Eigen::PropagateNaN>(),
                     array.maxCoeff<Eigen::PropagateNaN>(), grouped((array == 0.0F).count()));
}

std::int64_t elements_of(const train::LayerInfo& layer, const train::ModelDescription& model) {
  std::int64_t n = 0;
  for (const int p : layer.parameters)
    n += model.parameters[static_cast<std::size_t>(p)].shape.elements();
  return n;
}

// Shortens "layer1.kernel" within layer1 to "kernel".
std::string local_name(const std::string& name, const std::string& layer) {
  return name.starts_with(layer + ".") ? name.substr(layer.size() + 1) : name;
}

std::string root(const std::string& name, const train::ModelDescription& model) {
  return fmt::format("{}: {} -> {}, {}", name, base::shape_text(model.sample), model.outputs,
                     size_text(model.parameter_count()));
}

std::string branch(const train::ModelDescription& model, std::size_t i) {
  const train::LayerInfo& layer = model.layers[i];
  return fmt::format("{} {}: {} {} -> {}{}, {}", i + 1 == model.layers.size() ? "└─" : "├─",
                     layer.name, layer.operation, base::shape_text(layer.input),
                     base::shape_text(layer.output),
                     layer.activation.empty() ? "" : ", " + layer.activation,
                     size_text(elements_of(layer, model)));
}

constexpr std::size_t continued = 6;  // the indentation of a continued line

std::string joined(std::vector<std::string> lines, base::Columns columns) {
  for (std::string& line : lines) line = base::wrapped(line, columns, continued);
  return fmt::format("{}", fmt::join(lines, "\n"));
}

}  // namespace

std::string model_tree(const std::string& name, const train::ModelDescription& model,
                       base::Columns columns) {
  std::vector<std::string> lines = {root(name, model)};
  for (std::size_t i = 0; i < model.layers.size(); ++i) lines.push_back(branch(model, i));
  return joined(lines, columns);
}

std::string model_tree(const std::string& name, const train::ModelDescription& model,
                       const ValuesOf& values_of, base::Columns columns) {
  std::vector<std::string> lines = {root(name, model)};
  for (std::size_t i = 0; i < model.layers.size(); ++i) {
    const train::LayerInfo& layer = model.layers[i];
    const bool last = i + 1 == model.layers.size();
    lines.push_back(branch(model, i));
    std::size_t width = 0;
    for (const int p : layer.parameters)
      width = std::max(width, base::width(local_name(
                                  model.parameters[static_cast<std::size_t>(p)].name, layer.name)));
    width = std::min<std::size_t>(width, 40);  // a longer name pushes only its own line
    for (std::size_t j = 0; j < layer.parameters.size(); ++j) {
      const auto p = static_cast<std::size_t>(layer.parameters[j]);
      const train::ParameterInfo& parameter = model.parameters[p];
      const std::string local = local_name(parameter.name, layer.name);
      const std::size_t used = base::width(local);
      lines.push_back(fmt::format("{}  {} {}{}  float32 [{}], {}, {}", last ? " " : "│",
                                  j + 1 == layer.parameters.size() ? "└─" : "├─", local,
                                  std::string(width > used ? width - used : 0, ' '),
                                  fmt::join(parameter.shape.dimensions(), ", "),
                                  size_text(parameter.shape.elements()), statistics(values_of(p))));
    }
  }
  return joined(lines, columns);
}

}  // namespace assay::command_line
