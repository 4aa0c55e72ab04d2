#include "runner/plan/emit.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "runner/base/digest.h"
#include "runner/base/utf8.h"
#include "runner/base/wording.h"
#include "runner/plan/canonical.h"
#include "runner/plan/scalar.h"
#include "runner/plan/yaml_text.h"

namespace assay::plan {
namespace {

using config::Node;
using config::scalar;

Node node_of(std::int64_t number) { return scalar(std::to_string(number)); }
Node node_of(std::uint64_t number) { return scalar(std::to_string(number)); }
Node node_of(double number) { return scalar(shortest(number)); }
Node node_of(bool value) { return scalar(value ? "true" : "false"); }
Node node_of(std::monostate) { return {}; }
Node node_of(const std::string& text) {
  Node node = scalar(text.starts_with('@') ? "@" + text : text);
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

Node at(const config::Location& where, Node node) {
  node.where = where;
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
  add(node, "type", at(component.where, node_of(component.type)));
  add(node, component.values);
  return node;
}

Node node_of(const List& list);

Node node_of(const Value& value) {
  return at(value.where, std::visit([](const auto& data) { return node_of(data); }, value.data));
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

Node list() {
  Node node;
  node.kind = Node::Kind::list;
  return node;
}

Node node_of(const std::vector<WeightPattern>& patterns) {
  Node node = list();
  for (const WeightPattern& pattern : patterns)
    node.list.push_back(at(pattern.where, node_of(pattern.text)));
  return node;
}

Node node_of(const std::vector<std::int64_t>& steps) {
  Node node = list();
  for (const std::int64_t step : steps) node.list.push_back(node_of(step));
  return node;
}

// Writes the experiment's own values, with their places.
class Writer {
 public:
  explicit Writer(const Plan& plan) : plan_(plan) {}

  Node document() const {
    Node root = map();
    put(root, "", "name", node_of(plan_.name));
    put(root, "", "seed", node_of(plan_.seed));
    put(root, "", "run_dir", node_of(plan_.run_dir));
    if (plan_.resume) put(root, "", "resume", node_of(plan_.resume));
    put(root, "", "threads", node_of(plan_.threads));
    put(root, "", "kernels", plan_.kernels ? scalar(std::string(name_of(*plan_.kernels))) : Node{});
    add(root, "dataset", dataset());
    if (!plan_.transforms.empty()) put(root, "", "transforms", components(plan_.transforms));
    add(root, "model", model());
    add(root, "loss", node_of(plan_.loss));
    if (!plan_.gradient_transforms.empty())
      put(root, "", "gradient_transforms", components(plan_.gradient_transforms));
    add(root, "optimizer", optimizer());
    add(root, "train", train());
    add(root, "checkpoints", checkpoints());
    put(root, "", "metrics", components(plan_.metrics));
    put(root, "", "hooks", hooks());
    put(root, "", "loggers", components(plan_.loggers));
    return root;
  }

 private:
  void put(Node& map, const std::string& owner, std::string key, Node value) const {
    const config::Location where = plan_.place(base::joined(owner, key));
    add(map, std::move(key), at(where, std::move(value)));
  }

  Node dataset() const {
    Node node = map();
    add(node, "type", at(plan_.dataset.where, node_of(plan_.dataset.type)));
    put(node, "dataset", "split", split());
    add(node, plan_.dataset.values);
    return node;
  }

  Node split() const {
    if (!plan_.split) return {};
    Node node = map();
    put(node, "dataset.split", "test", node_of(plan_.split->test));
    put(node, "dataset.split", "validation", node_of(plan_.split->validation));
    put(node, "dataset.split", "seed", node_of(plan_.split->seed));
    return node;
  }

  Node model() const {
    Node node = map();
    add(node, "type", at(plan_.model.where, node_of(plan_.model.type)));
    if (plan_.init_from) put(node, "model", "init_from", init_from(*plan_.init_from));
    add(node, plan_.model.values);
    return node;
  }

  Node init_from(const InitFromPlan& init) const {
    Node node = map();
    put(node, "model.init_from", "file", node_of(init.file));
    Node renames = list();
    for (const auto& [from, to] : init.rename) {
      const std::string key = fmt::format("model.init_from.rename.{}", renames.list.size());
      Node& rename = renames.list.emplace_back(map());
      put(rename, key, "from", node_of(from.text));
      put(rename, key, "to", node_of(to));
    }
    put(node, "model.init_from", "rename", std::move(renames));
    put(node, "model.init_from", "missing", node_of(init.missing));
    put(node, "model.init_from", "extra", node_of(init.extra));
    return node;
  }

  Node optimizer() const {
    Node node = map();
    add(node, "type", at(plan_.optimizer.where, node_of(plan_.optimizer.type)));
    if (!plan_.freeze.empty()) put(node, "optimizer", "freeze", node_of(plan_.freeze));
    if (!plan_.rates.empty()) put(node, "optimizer", "rates", rates());
    add(node, plan_.optimizer.values);
    return node;
  }

  Node rates() const {
    Node rates = list();
    for (const auto& [weights, factor] : plan_.rates) {
      const std::string key = fmt::format("optimizer.rates.{}", rates.list.size());
      Node& rate = rates.list.emplace_back(map());
      put(rate, key, "weights", node_of(weights.text));
      put(rate, key, "factor", node_of(factor));
    }
    return rates;
  }

  Node train() const {
    const TrainPlan& train = plan_.train;
    Node node = map();
    if (train.epochs) put(node, "train", "epochs", node_of(train.epochs));
    if (train.steps) put(node, "train", "steps", node_of(train.steps));
    put(node, "train", "batch_size", train.batch_size ? node_of(*train.batch_size) : scalar("all"));
    put(node, "train", "shuffle", node_of(train.shuffle));
    put(node, "train", "on_nan", scalar(train.on_nan == OnNan::stop ? "stop" : "ignore"));
    put(node, "train", "lanes", node_of(train.lanes));
    put(node, "train", "block_rows", node_of(train.block_rows));
    return node;
  }

  Node checkpoints() const {
    const CheckpointPlan& checkpoints = plan_.checkpoints;
    const auto seconds = checkpoints.every_seconds;
    Node node = map();
    if (checkpoints.every) put(node, "checkpoints", "every", node_of(checkpoints.every));
    if (checkpoints.every_epoch)
      put(node, "checkpoints", "every_epoch", node_of(checkpoints.every_epoch));
    put(node, "checkpoints", "every_seconds", seconds ? node_of(*seconds) : scalar("never"));
    put(node, "checkpoints", "at_end", node_of(checkpoints.at_end));
    put(node, "checkpoints", "keep", node_of(checkpoints.keep));
    if (checkpoints.best) put(node, "checkpoints", "best", best(*checkpoints.best));
    return node;
  }

  Node best(const BestPlan& best) const {
    Node node = map();
    put(node, "checkpoints.best", "value", node_of(best.value));
    put(node, "checkpoints.best", "mode", scalar(best.mode == BestPlan::Mode::min ? "min" : "max"));
    return node;
  }

  Node hooks() const {
    Node node = map();
    for (const HookPlan& hook : plan_.hooks) add(node, hook.name, this->hook(hook));
    return node;
  }

  Node hook(const HookPlan& hook) const {
    const std::string key = base::joined("hooks", hook.name);
    const Trigger& trigger = hook.trigger;
    Node node = map();
    add(node, "type", at(hook.component.where, node_of(hook.component.type)));
    if (trigger.every) put(node, key, "every", node_of(trigger.every));
    if (trigger.every_epoch) put(node, key, "every_epoch", node_of(trigger.every_epoch));
    if (trigger.times) put(node, key, "times", node_of(trigger.times));
    if (!trigger.at.empty()) put(node, key, "at", node_of(trigger.at));
    if (trigger.from) put(node, key, "from", node_of(trigger.from));
    if (trigger.until) put(node, key, "until", node_of(trigger.until));
    if (trigger.at_end) put(node, key, "at_end", node_of(true));
    add(node, hook.component.values);
    return node;
  }

  static Node components(const std::vector<NamedComponent>& components) {
    Node node = map();
    for (const NamedComponent& c : components) add(node, c.name, node_of(c.component));
    return node;
  }

  const Plan& plan_;
};

// A range of lines of one source.
struct Stretch {
  const config::Source* source;
  std::int64_t first, last;
};

void add(std::vector<Stretch>& stretches, const config::Location& where) {
  const auto known = std::ranges::find(stretches, where.source.get(), &Stretch::source);
  if (known == stretches.end())
    return stretches.push_back({where.source.get(), where.line, where.line});
  known->first = std::min(known->first, where.line);
  known->last = std::max(known->last, where.line);
}

std::string place_text(const Stretch& stretch) {
  if (stretch.source == nullptr) return "default";
  std::string name = base::harmless(stretch.source->name);
  std::ranges::replace(name, '\n', ' ');
  // An argument has only one line, and a place without a line is a whole file.
  if (stretch.source->path.empty() || stretch.first == 0) return name;
  return stretch.first == stretch.last ? fmt::format("{}:{}", name, stretch.first)
                                       : fmt::format("{}:{}-{}", name, stretch.first, stretch.last);
}

std::string header(const Node& document) {
  return fmt::format(
      "# The plan of a run: the config with every default. `assay run` on this file repeats the "
      "run.\n"
      "# Digest of what decides the result: {}\n",
      base::digest(canonical(document)));
}

}  // namespace

Node document(const Plan& plan) { return Writer(plan).document(); }

std::string emit(const Plan& plan) {
  const Node whole = document(plan);
  return header(whole) + yaml_text(whole);
}

std::string emit_with_origins(const Plan& plan) {
  const Node whole = document(plan);
  return header(whole) + yaml_text(whole, origin);
}

std::string origin(const Node& value) {
  std::vector<Stretch> stretches;
  add(stretches, value.where);
  for (const Node& element : value.list)
    if (element.where.source != nullptr) add(stretches, element.where);
  std::vector<std::string> places;
  for (const Stretch& stretch : stretches) places.push_back(place_text(stretch));
  return fmt::format("{}", fmt::join(places, ", "));
}

}  // namespace assay::plan
