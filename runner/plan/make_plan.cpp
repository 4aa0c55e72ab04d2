#include "runner/plan/make_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "runner/config/interpolation.h"
#include "runner/config/places.h"
#include "runner/config/suggest.h"
#include "runner/config/utf8.h"
#include "runner/config/wording.h"
#include "runner/plan/duplicates.h"
#include "runner/plan/emit.h"
#include "runner/plan/members.h"
#include "runner/plan/placeholders.h"
#include "runner/plan/schema.h"
#include "runner/plan/text_options.h"
#include "runner/plan/validate.h"

namespace assay::plan {
namespace {

using config::Location;
using config::Node;

Location file_of(const Node& config) { return {config.where.source, 0, 0, 0}; }

// Where a section that is missing would stand.
Location end_of(const Node& config) {
  const auto& source = config.where.source;
  return source == nullptr ? Location{} : config::Places(source).at(source->text.size());
}

// The value of an option that may be absent, or that was reported.
template <class T>
std::optional<T> optional(const Value& value) {
  const T* data = std::get_if<T>(&value.data);
  return data == nullptr ? std::nullopt : std::optional<T>(*data);
}

template <class T>
std::optional<T> optional(const Values& values, std::string_view name) {
  const Value* value = values.find(name);
  return value == nullptr ? std::nullopt : optional<T>(*value);
}

// What references may refer to, though the file does not say it.
void add_defaults(Node& config) {
  const auto add = [&config](const char* key, std::string value, bool reported = false) {
    if (config.find(key) != nullptr) return;
    Node node;
    node.reported = reported;
    node.kind = Node::Kind::scalar;
    node.scalar = std::move(value);
    config.map.push_back({key, {}, std::move(node)});
  };
  const auto fallback = [](const char* key) {
    return std::string(parameter(experiment_parameters(), key).fallback);
  };
  const auto& source = config.where.source;
  const std::string stem =
      source == nullptr ? "" : std::filesystem::path(source->path).stem().string();
  const bool is_name =
      !stem.empty() && config::harmless(stem) == stem && stem.find("${") == stem.npos;
  add("name", is_name ? stem : "experiment");
  add("seed", fallback("seed"));
  const bool named = config.find("name")->kind == Node::Kind::scalar;
  add("run_dir", named ? fallback("run_dir") : "", !named);  // which refers to the name
}

// Whether a value directly below was found wrong already: what follows from it is not to be told.
bool has_reported(const Node* map) {
  return map != nullptr &&
         (map->reported || std::ranges::any_of(map->map, [](const Node::Entry& entry) {
            return entry.value.reported;
          }));
}

class Planner {
 public:
  Planner(const Node& config, Catalogue& catalogue, config::Diagnostics& diagnostics)
      : config_(config),
        catalogue_(catalogue),
        diagnostics_(diagnostics),
        end_(end_of(config)),
        validator_(catalogue, diagnostics) {}

  Plan plan() {
    Plan plan;
    check_extends();
    validator_.unknown_keys(config_, {experiment_parameters()}, "", "unknown key");
    for (const Node::Entry& entry : config_.map) note(entry.key, entry.value.where);
    plan.name = optional<std::string>(option("name")).value_or("");
    plan.seed = static_cast<std::uint64_t>(optional<std::int64_t>(option("seed")).value_or(0));
    plan.threads = optional<std::int64_t>(option("threads"));
    plan.run_dir = run_dir();
    plan.kernels = kernels();
    check_name(plan.name);
    const Validator::Placed dataset = component("dataset", Kind::dataset, split_parameters());
    plan.dataset = dataset.component;
    plan.split = split(dataset.common);
    plan.model = component("model", Kind::model).component;
    plan.loss = component("loss", Kind::loss).component;
    plan.optimizer = component("optimizer", Kind::optimizer).component;
    plan.train = train();
    plan.metrics = metrics();
    plan.hooks = hooks();
    add_builtin_metrics(plan);
    plan.loggers = loggers();
    plan.places = std::move(places_);
    check_duplicates(plan, diagnostics_);
    check_placeholders(plan, config_, diagnostics_);
    return plan;
  }

 private:
  Value option(const char* name) {
    return validator_.option(config_, parameter(experiment_parameters(), name), "", end_);
  }

  void note(const std::string& key, const Location& where) {
    if (where.source != nullptr) places_.insert_or_assign(key, where);
  }
  void note(const std::string& owner, const Values& values) {
    for (const auto& [name, value] : values.entries())
      note(config::joined(owner, name), value.where);
  }

  Location place_of(const char* key) const {
    const Node* node = config_.find(key);
    return node == nullptr || node->where.source == nullptr ? file_of(config_) : node->where;
  }

  // The one key that is gone when a config is complete, misspelt: what is missing is in the base.
  void check_extends() {
    const std::vector<std::string> names = {"extends"};
    for (const Node::Entry& entry : config_.map) {
      if (config::suggest(entry.key, names).empty()) continue;
      diagnostics_.error(entry.where, entry.key, "unknown key", "did you mean 'extends'?");
      for (const Parameter& p : experiment_parameters()) validator_.mean(p.name);
      validator_.mean("train.epochs");
    }
  }

  void check_name(const std::string& name) {
    const bool literal = name.find("\\${") != std::string::npos;
    const bool bad = name.empty() || name == "." || name == ".." || literal ||
                     name.find_first_of("/\n") != std::string::npos;
    if (bad && !reported("name"))
      diagnostics_.error(
          place_of("name"), "name",
          "expected a name that can be a folder's, without '/', found " + config::quoted(name),
          literal ? "a name cannot hold a '${'" : "");
  }

  std::string run_dir() {
    const std::string text = optional<std::string>(option("run_dir")).value_or("");
    if (reported("run_dir")) return text;
    const auto fail = [this](const std::string& message, const std::string& hint = {}) {
      diagnostics_.error(place_of("run_dir"), "run_dir", message, hint);
    };
    if (text.empty()) fail("expected a folder, found ''");
    try {
      config::expand_now(text, std::chrono::system_clock::now());
    } catch (const std::runtime_error& error) {
      fail(error.what());
    }
    if (!text.starts_with('~')) return text;
    const char* home = std::getenv("HOME");
    if (text.size() > 1 && text[1] != '/')
      fail("of '~' only '~/', your home folder, is known", "a folder of this name is ./" + text);
    else if (home == nullptr || *home == '\0')
      fail("'~/' is the folder in the environment variable HOME, which is not set");
    else return home + text.substr(1);
    return text;
  }

  std::optional<InstructionSet> kernels() {
    const auto name = optional<std::string>(option("kernels"));
    const auto found = std::ranges::find(instruction_set_names, name.value_or(""));
    if (found == instruction_set_names.end()) return std::nullopt;
    return static_cast<InstructionSet>(found - instruction_set_names.begin());
  }

  bool reported(const char* key) const {
    const Node* node = config_.find(key);
    return node != nullptr && (node->reported || node->kind != Node::Kind::scalar);
  }

  Validator::Placed component(const char* key, Kind kind, std::span<const Parameter> common = {}) {
    if (const Node* node = config_.find(key)) return validator_.component(*node, kind, key, common);
    option(key);  // reports that it is missing
    return {};
  }

  std::optional<SplitPlan> split(const Values& common) {
    note("dataset", common);
    const auto values = optional<Values>(common, "split");
    if (!values) return std::nullopt;
    note("dataset.split", *values);
    SplitPlan split;
    split.where = common.find("split")->where;
    split.test = optional<double>(*values, "test").value_or(0);
    split.validation = optional<double>(*values, "validation").value_or(0);
    split.seed = static_cast<std::uint64_t>(optional<std::int64_t>(*values, "seed").value_or(0));
    if (split.test + split.validation >= 1)
      diagnostics_.error(split.where, "dataset.split",
                         "test and validation together leave no rows to train on",
                         "shares that add up to less than 1");
    return split;
  }

  TrainPlan train() {
    const std::size_t problems = diagnostics_.size();
    const Value value = option("train");
    const Values values = optional<Values>(value).value_or(Values{});
    note("train", values);
    TrainPlan train;
    train.epochs = optional<std::int64_t>(values, "epochs");
    train.steps = optional<std::int64_t>(values, "steps");
    train.batch_size = optional<std::int64_t>(values, "batch_size");
    train.shuffle = optional<bool>(values, "shuffle").value_or(true);
    train.on_nan =
        optional<std::string>(values, "on_nan") == "ignore" ? OnNan::ignore : OnNan::stop;
    train.lanes = optional<std::int64_t>(values, "lanes");
    train.block_rows = optional<std::int64_t>(values, "block_rows");
    if (diagnostics_.size() > problems || has_reported(config_.find("train"))) return train;
    if (train.epochs && train.steps)
      diagnostics_.error(second_of_epochs_and_steps(), "train",
                         "expected epochs or steps, found both", "remove one, or set it to null");
    else if (!train.epochs && !train.steps) no_length_of_training();
    else train.where = values.find(train.epochs ? "epochs" : "steps")->where;
    return train;
  }

  void no_length_of_training() {
    if (validator_.meant("train.epochs") || validator_.meant("train.steps")) return;
    if (config_.find("train") != nullptr)
      diagnostics_.error(place_of("train"), "train", "expected epochs or steps, found neither",
                         "add `epochs: 10`");
    else
      diagnostics_.error(end_, "train", "missing: expected epochs or steps",
                         "add `train: {epochs: 10}`");
  }

  Location second_of_epochs_and_steps() const {
    const auto is_one = [](const Node::Entry& e) { return e.key == "epochs" || e.key == "steps"; };
    const auto& entries = config_.find("train")->map;
    return std::ranges::find_if(entries.rbegin(), entries.rend(), is_one)->where;
  }

  std::vector<NamedComponent> metrics() {
    std::vector<NamedComponent> result;
    const Node* section = config_.find("metrics");
    if (section == nullptr) return result;
    for (const Member& m : members_by_name(*section, "metrics", diagnostics_))
      result.push_back({m.name, validator_.component(*m.node, Kind::metric, m.key).component});
    return result;
  }

  std::vector<NamedComponent> loggers() {
    std::vector<NamedComponent> result;
    ListNames names;
    if (const Node* section = config_.find("loggers")) {
      for (const Member& m : members(*section, "loggers", diagnostics_)) {
        ComponentPlan logger = validator_.component(*m.node, Kind::logger, m.key).component;
        result.push_back({m.name.empty() ? names.name(logger.type) : m.name, std::move(logger)});
      }
      return result;
    }
    const auto fallback = optional<List>(option("loggers"));
    for (const Value& logger : fallback.value_or(List{}))
      if (const auto component = optional<ComponentPlan>(logger))
        result.push_back({names.name(component->type), *component});
    return result;
  }

  std::vector<HookPlan> hooks() {
    std::vector<HookPlan> result;
    ListNames names;
    const Node* section = config_.find("hooks");
    if (section == nullptr) return result;
    for (const Member& m : members(*section, "hooks", diagnostics_)) {
      result.push_back(hook(*m.node, m, names));
    }
    return result;
  }

  HookPlan hook(Node node, const Member& member, ListNames& names) {
    const std::string& key = member.key;
    if (Node* at = node.find("at"); at != nullptr && at->kind == Node::Kind::scalar) {
      Node list;
      list.kind = Node::Kind::list;
      list.where = at->where;
      list.list.push_back(std::move(*at));
      *at = std::move(list);
    }
    const std::size_t problems = diagnostics_.size();
    const Validator::Placed placed =
        validator_.component(node, Kind::hook, key, trigger_parameters());
    Trigger trigger;
    trigger.every = optional<std::int64_t>(placed.common, "every");
    trigger.every_epoch = optional<std::int64_t>(placed.common, "every_epoch");
    trigger.from = optional<std::int64_t>(placed.common, "from");
    trigger.until = optional<std::int64_t>(placed.common, "until");
    trigger.at_end = optional<bool>(placed.common, "at_end").value_or(false);
    for (const Value& step : optional<List>(placed.common, "at").value_or(List{}))
      if (const auto number = optional<std::int64_t>(step)) trigger.at.push_back(*number);
    std::sort(trigger.at.begin(), trigger.at.end());
    trigger.at.erase(std::unique(trigger.at.begin(), trigger.at.end()), trigger.at.end());

    const bool fires =
        trigger.every || trigger.every_epoch || !trigger.at.empty() || trigger.at_end;
    if (!fires && !has_reported(&node) && diagnostics_.size() == problems)
      diagnostics_.error(placed.component.where, key, "this hook never fires",
                         "say when: every: 10, every_epoch: 1, at: [0, 100] or at_end: true");
    for (const char* bound : {"from", "until"})
      if (optional<std::int64_t>(placed.common, bound) && fires && !trigger.every &&
          !trigger.every_epoch && !has_reported(&node))
        diagnostics_.error(placed.common.find(bound)->where, config::joined(key, bound),
                           "it bounds `every` and `every_epoch`, and this hook has neither",
                           "leave it out: `at` and `at_end` name their steps themselves");
    if (trigger.from && trigger.until && *trigger.from > *trigger.until)
      diagnostics_.error(
          placed.common.find("from")->where, config::joined(key, "from"),
          fmt::format("step {} comes after until, {}", *trigger.from, *trigger.until));
    std::string name = member.name.empty() ? names.name(placed.component.type) : member.name;
    note(config::joined("hooks", name), placed.common);
    return {std::move(name), std::move(trigger), placed.component};
  }

  void add_builtin_metrics(Plan& plan) {
    const std::vector<std::string> available = catalogue_.names(Kind::metric);
    const auto add = [&](const TextOption& option) {
      const std::size_t dot = option.text.find('.');
      if (dot == std::string::npos || dot == 0 || option.text.starts_with("batch.")) return;
      const std::string name = option.text.substr(dot + 1);
      if (std::ranges::count(builtin_metrics, name) == 0) return;
      const bool there = std::any_of(plan.metrics.begin(), plan.metrics.end(),
                                     [&name](const NamedComponent& m) { return m.name == name; });
      if (there || std::find(available.begin(), available.end(), name) == available.end()) return;
      Node node;
      node.kind = Node::Kind::scalar;
      node.scalar = name;
      node.where = option.where;
      plan.metrics.push_back(
          {name, validator_.component(node, Kind::metric, "metrics." + name).component});
    };
    for (const HookPlan& hook : plan.hooks)
      each_text(hook.component.values, "hooks." + hook.name, add);
  }

  const Node& config_;
  Catalogue& catalogue_;
  config::Diagnostics& diagnostics_;
  Location end_;  // of the config
  Validator validator_;
  std::map<std::string, Location, std::less<>> places_;  // see Plan
};

}  // namespace

std::optional<Plan> make_plan(const Node& config, Catalogue& catalogue,
                              config::Diagnostics& diagnostics) {
  const std::size_t problems = diagnostics.size();
  Node complete = config;
  add_defaults(complete);
  config::interpolate(complete, diagnostics);
  Plan plan = Planner(complete, catalogue, diagnostics).plan();
  if (diagnostics.size() > problems) return std::nullopt;
  plan.yaml = emit(plan);
  return plan;
}

}  // namespace assay::plan
