#include "runner/experiment/collect_run_facts.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runner/plan/entries.h"
#include "runner/plan/tag.h"
#include "runner/train/model_description.h"

namespace assay::experiment {
namespace {

using logging::Storage;

std::span<const PlanEntry> entries_of(const plan::Plan& plan, Storage& storage) {
  std::vector<PlanEntry> entries;
  for (const plan::Entry& entry : plan::entries(plan)) {
    TypedValue value;
    value.type = entry.type;
    value.boolean = entry.boolean;
    value.number = entry.number;
    value.text = storage.keep(std::string_view(entry.text));
    entries.push_back({storage.keep(std::string_view(entry.key)), value,
                       storage.keep(std::string_view(entry.yaml))});
  }
  return storage.keep(std::span<const PlanEntry>(entries));
}

// Builds the graph of a model, in which the layers follow each other.
class GraphBuilder {
 public:
  explicit GraphBuilder(Storage& storage) : storage_(storage) {}

  Graph graph(const train::Network& network, const plan::Plan& plan, const Target& target) {
    const train::ModelDescription& model = network.description();
    const train::Transforms& transforms = network.transforms();
    parameters_.assign(model.parameters.size(), {});
    std::string_view last =
        add("input", "Input", {}, rows_of(transforms.empty() ? model.sample : transforms.shape(0)));
    for (std::size_t i = 0; i < transforms.count(); ++i)
      last =
          add("transforms/" + plan.transforms[i].name, "Transform", {last},
              rows_of(transforms.shape(i + 1)), {text("type", plan.transforms[i].component.type)});
    for (const train::LayerInfo& layer : model.layers) {
      std::vector<std::string_view> inputs = {last};
      for (const int number : layer.parameters) inputs.push_back(parameter(model, number));
      std::vector<NamedValue> attributes;
      if (!layer.activation.empty()) attributes.push_back(text("activation", layer.activation));
      last = add(layer.name, layer.operation, inputs, rows_of(layer.output), attributes);
    }
    for (std::size_t i = 0; i < model.parameters.size(); ++i) parameter(model, static_cast<int>(i));
    const std::string_view targets = add("target", "Target", {}, rows_of(target.shape));
    const std::string_view loss =
        add("loss", "Loss", {last, targets}, Dimensions(), {text("type", plan.loss.type)});
    std::string_view gradient = loss;
    for (const auto& [name, transform] : plan.gradient_transforms)
      gradient = add("gradient_transforms/" + name, "GradientTransform", {gradient}, std::nullopt,
                     {text("type", transform.type)});
    add("optimizer", "Optimizer", {gradient}, std::nullopt, {text("type", plan.optimizer.type)});
    return {storage_.keep(std::span<const Graph::Node>(nodes_))};
  }

 private:
  using Dimensions = std::vector<std::int64_t>;

  static Dimensions rows_of(const Shape& shape) {
    Dimensions dimensions = {-1};
    dimensions.insert(dimensions.end(), shape.dimensions().begin(), shape.dimensions().end());
    return dimensions;
  }

  NamedValue text(std::string_view name, std::string_view value) {
    return {name, TypedValue(storage_.keep(value))};
  }

  // Returns the name of the parameter's node, and adds the node if it is not there.
  std::string_view parameter(const train::ModelDescription& model, int number) {
    std::string_view& name = parameters_[static_cast<std::size_t>(number)];
    if (!name.empty()) return name;
    const train::ParameterInfo& parameter = model.parameters[static_cast<std::size_t>(number)];
    std::string path = parameter.name;
    std::ranges::replace(path, '.', '/');
    const auto dimensions = parameter.shape.dimensions();
    return name = add(path, "Parameter", {}, Dimensions(dimensions.begin(), dimensions.end()));
  }

  // Returns the node's name, which is `wanted` unless another node has it.
  std::string_view add(std::string_view wanted, std::string_view operation,
                       const std::vector<std::string_view>& inputs,
                       const std::optional<Dimensions>& shape,
                       const std::vector<NamedValue>& attributes = {}) {
    const std::string stem(wanted.empty() ? "layer" : wanted);
    std::string name = stem;
    for (int i = 2; !names_.insert(name).second; ++i) name = stem + "_" + std::to_string(i);
    Graph::Node node;
    node.name = storage_.keep(std::string_view(name));
    node.operation = storage_.keep(operation);
    node.inputs = storage_.keep(std::span<const std::string_view>(inputs));
    node.has_output_shape = shape.has_value();
    if (shape) node.output_shape = storage_.keep(std::span<const std::int64_t>(*shape));
    node.attributes = storage_.keep(std::span<const NamedValue>(attributes));
    nodes_.push_back(node);
    return node.name;
  }

  Storage& storage_;
  std::vector<Graph::Node> nodes_;
  std::set<std::string> names_;
  std::vector<std::string_view> parameters_;  // names of their nodes
};

// A hook that asks for pictures and for no values logs pictures.
ContentType type_of(const Experiment& experiment, std::string_view hook) {
  const auto prepared = std::ranges::find(experiment.hooks, hook, &hooks::PreparedHook::name);
  const bool draws =
      prepared != experiment.hooks.end() && prepared->values.empty() && !prepared->pictures.empty();
  return draws ? ContentType::image : ContentType::unknown;
}

std::span<const DeclaredTag> tags_of(const plan::Plan& plan, const Experiment& experiment,
                                     Storage& storage) {
  std::vector<DeclaredTag> tags;
  for (const plan::HookPlan& hook : plan.hooks)
    for (const plan::HookTag& tag : plan::tags_of(hook))
      tags.push_back({storage.keep(std::string_view(tag.tag.written())),
                      storage.keep(std::string_view(hook.name)), type_of(experiment, hook.name)});
  return storage.keep(std::span<const DeclaredTag>(tags));
}

}  // namespace

std::shared_ptr<const logging::RunFacts> run_facts(const plan::Plan& plan,
                                                   const Experiment& experiment) {
  auto facts = std::make_shared<logging::RunFacts>();
  Storage& storage = facts->storage;
  facts->plan = entries_of(plan, storage);
  facts->plan_yaml = storage.keep(std::string_view(plan.yaml));
  facts->graph = GraphBuilder(storage).graph(*experiment.network, plan, experiment.data.target);
  facts->tags = tags_of(plan, experiment, storage);
  std::vector<SplitSize> splits;
  for (const auto& [name, rows] : experiment.split_sizes)
    splits.push_back({storage.keep(std::string_view(name)), rows});
  facts->splits = storage.keep(std::span<const SplitSize>(splits));
  std::vector<std::string_view> classes;
  for (const std::string& name : experiment.data.class_names)
    classes.push_back(storage.keep(std::string_view(name)));
  facts->class_names = storage.keep(std::span<const std::string_view>(classes));
  return facts;
}

}  // namespace assay::experiment
