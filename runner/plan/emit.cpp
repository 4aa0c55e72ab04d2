#include "runner/plan/emit.h"

#include "runner/config/node.h"
#include "runner/plan/scalar.h"
#include "runner/plan/yaml_text.h"

namespace assay::plan {
namespace {

using config::Node;

Node scalar(std::string text) {
  Node node;
  node.kind = Node::Kind::scalar;
  node.scalar = std::move(text);
  return node;
}

Node node_of(std::int64_t number) { return scalar(std::to_string(number)); }
Node node_of(std::uint64_t number) { return scalar(std::to_string(number)); }
Node node_of(double number) { return scalar(shortest(number)); }
Node node_of(bool value) { return scalar(value ? "true" : "false"); }
Node node_of(std::monostate) { return {}; }
Node node_of(const std::string& text) {
  Node node = scalar(text);
  node.quoted = true;
  return node;
}
template <class T>
Node node_of(const std::optional<T>& value) {
  return value ? node_of(*value) : Node{};
}

Node map() {
  Node node;
  node.kind = Node::Kind::map;
  return node;
}

void add(Node& map, std::string key, Node value) {
  map.map.push_back({std::move(key), {}, std::move(value)});
}

void add(Node& map, const Values& values);

Node node_of(const Values& values) {
  Node node = map();
  add(node, values);
  return node;
}

Node node_of(const ComponentPlan& component) {
  Node node = map();
  add(node, "type", node_of(component.type));
  add(node, component.values);
  return node;
}

Node node_of(const List& list);

Node node_of(const Value& value) {
  return std::visit([](const auto& data) { return node_of(data); }, value.data);
}

Node node_of(const List& list) {
  Node node;
  node.kind = Node::Kind::list;
  for (const Value& value : list) node.list.push_back(node_of(value));
  return node;
}

void add(Node& map, const Values& values) {
  for (const auto& [name, value] : values.entries()) add(map, name, node_of(value));
}

Node node_of(const std::optional<SplitPlan>& split) {
  if (!split) return {};
  Node node = map();
  add(node, "test", node_of(split->test));
  add(node, "validation", node_of(split->validation));
  add(node, "seed", node_of(split->seed));
  return node;
}

Node node_of(const TrainPlan& train) {
  Node node = map();
  if (train.epochs) add(node, "epochs", node_of(*train.epochs));
  if (train.steps) add(node, "steps", node_of(*train.steps));
  add(node, "batch_size", train.batch_size ? node_of(*train.batch_size) : scalar("all"));
  add(node, "shuffle", node_of(train.shuffle));
  add(node, "on_nan", scalar(train.on_nan == OnNan::stop ? "stop" : "ignore"));
  add(node, "lanes", node_of(train.lanes));
  add(node, "block_rows", node_of(train.block_rows));
  return node;
}

Node node_of(const HookPlan& hook) {
  Node node = map();
  add(node, "type", node_of(hook.component.type));
  const Trigger& trigger = hook.trigger;
  if (trigger.every) add(node, "every", node_of(*trigger.every));
  if (trigger.every_epoch) add(node, "every_epoch", node_of(*trigger.every_epoch));
  if (!trigger.at.empty()) {
    Node at;
    at.kind = Node::Kind::list;
    for (const std::int64_t step : trigger.at) at.list.push_back(node_of(step));
    add(node, "at", std::move(at));
  }
  if (trigger.from) add(node, "from", node_of(*trigger.from));
  if (trigger.until) add(node, "until", node_of(*trigger.until));
  if (trigger.at_end) add(node, "at_end", node_of(true));
  add(node, hook.component.values);
  return node;
}

Node node_of(const std::vector<NamedComponent>& components) {
  Node node = map();
  for (const NamedComponent& c : components) add(node, c.name, node_of(c.component));
  return node;
}

}  // namespace

std::string emit(const Plan& plan) {
  Node dataset = map();
  add(dataset, "type", node_of(plan.dataset.type));
  add(dataset, "split", node_of(plan.split));
  add(dataset, plan.dataset.values);
  Node hooks = map();
  for (const HookPlan& hook : plan.hooks) add(hooks, hook.name, node_of(hook));

  Node root = map();
  add(root, "name", node_of(plan.name));
  add(root, "seed", node_of(plan.seed));
  add(root, "run_dir", node_of(plan.run_dir));
  add(root, "threads", node_of(plan.threads));
  add(root, "kernels", plan.kernels ? scalar(std::string(name_of(*plan.kernels))) : Node{});
  add(root, "dataset", std::move(dataset));
  add(root, "model", node_of(plan.model));
  add(root, "loss", node_of(plan.loss));
  add(root, "optimizer", node_of(plan.optimizer));
  add(root, "train", node_of(plan.train));
  add(root, "metrics", node_of(plan.metrics));
  add(root, "hooks", std::move(hooks));
  add(root, "loggers", node_of(plan.loggers));
  return "# The plan of a run: the config with every default. `assay run` on this file repeats the "
         "run.\n" +
         yaml_text(root);
}

}  // namespace assay::plan
