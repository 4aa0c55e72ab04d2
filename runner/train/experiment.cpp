#include "runner/train/experiment.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <unistd.h>

#include <algorithm>
#include <limits>
#include <new>
#include <numeric>
#include <utility>

#include "assay/error.h"
#include "runner/config/suggest.h"
#include "runner/data/split.h"
#include "runner/hooks/timetable.h"
#include "runner/plan/schema.h"
#include "runner/train/initialize.h"

namespace assay::train {
namespace {

using plugin_host::ComponentError;
using plugin_host::Handle;

double memory_of_this_machine() {
  return static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

// Their order, and the splits that it is cut into.
void check_rows(std::int64_t rows) {
  const double needed = 2 * static_cast<double>(rows) * sizeof(std::int64_t);
  const double there = memory_of_this_machine();
  if (needed > there)
    throw Error(
        fmt::format("of {} rows the order alone takes {:.3g} GB, and this machine has {:.3g} GB",
                    rows, needed / 1e9, there / 1e9));
}

// Weights, and a gradient for each lane: the least that training holds.
void check_memory(std::int64_t parameters, std::int64_t lanes) {
  const double needed =
      static_cast<double>(parameters) * static_cast<double>(lanes + 1) * sizeof(float);
  const double there = memory_of_this_machine();
  if (needed > there)
    throw Error(
        fmt::format("{} parameters need {:.1f} GB for weights and gradients, this machine "
                    "has {:.1f} GB; make the layers narrower",
                    parameters, needed / 1e9, there / 1e9));
}

// A problem that has been reported, with its place.
struct Reported {};

class Assembly {
 public:
  Assembly(const plan::Plan& plan, plugin_host::PluginHost& host, config::Diagnostics& diagnostics)
      : plan_(plan), host_(host), diagnostics_(diagnostics) {}

  std::optional<Experiment> make();

 private:
  // Goes on after a problem, to find the next one.
  template <class Function>
  auto attempt(Function&& function) -> std::optional<decltype(function())> {
    try {
      return function();
    } catch (const Reported&) {
      return std::nullopt;
    }
  }

  // Runs something that a component does; what goes wrong is reported at its place in the config.
  template <class Function>
  auto at(const plan::ComponentPlan& plan, const std::string& key, Function&& function) {
    try {
      return function();
    } catch (const ComponentError& error) {
      fail(plan, key, error.option(), error.message());
    } catch (const Error& error) {
      fail(plan.where, key, error.what());
    } catch (const std::bad_alloc&) {
      fail(plan.where, key, "there is not enough memory for it");
    }
  }

  // At an option of the component ("rate.height" is one of a nested component), or where the
  // component is.
  [[noreturn]] void fail(const plan::ComponentPlan& plan, const std::string& key,
                         const std::string& option, const std::string& message,
                         const std::string& hint = {}) {
    config::Location where = plan.where;
    const auto way = plan::way_to(plan.values, option);
    for (const plan::Value* value : way)
      if (value->where.source != nullptr) where = value->where;
    fail(where, way.empty() ? key : key + "." + option, message, hint);
  }
  [[noreturn]] void fail(const config::Location& where, const std::string& key,
                         const std::string& message, const std::string& hint = {}) {
    diagnostics_.error(where, key, message, hint);
    throw Reported{};
  }

  template <class Interface>
  Handle<Interface> create(const plan::ComponentPlan& plan, const std::string& key) {
    return at(plan, key, [&] { return host_.create<Interface>(plan); });
  }

  Handle<Dataset> describe_data() {
    auto dataset = create<Dataset>(plan_.dataset, "dataset");
    at(plan_.dataset, "dataset", [&] { out_.data = data::describe(dataset); });
    cut(dataset);
    return dataset;
  }

  void cut(const Handle<Dataset>& dataset) {
    at(plan_.dataset, "dataset", [&] { check_rows(out_.data.rows); });
    at(plan_.dataset, "dataset.split", [&] {
      if (plan_.split) {
        data::Split split = split_rows(*plan_.split);
        rows_["train"] = std::move(split.train);
        if (!split.validation.empty()) rows_["validation"] = std::move(split.validation);
        if (!split.test.empty()) rows_["test"] = std::move(split.test);
      } else {
        for (const auto& split : out_.data.splits) rows_[split.name] = split.rows;
        if (!rows_.contains("train")) {
          if (!rows_.empty())
            throw Error(fmt::format("{} has splits, but no 'train'", dataset.who()));
          rows_["train"].resize(static_cast<std::size_t>(out_.data.rows));
          std::iota(rows_["train"].begin(), rows_["train"].end(), 0);
        }
      }
      for (const auto& [name, rows] : rows_)
        out_.split_sizes[name] = static_cast<std::int64_t>(rows.size());
      out_.batches.emplace(static_cast<std::int64_t>(rows_.at("train").size()),
                           plan_.train.batch_size, plan_.train.shuffle, plan_.seed);
    });
    out_.steps = plan_.train.steps ? *plan_.train.steps : steps_of(*plan_.train.epochs);
  }

  data::Split split_rows(const plan::SplitPlan& split) {
    try {
      return data::split(out_.data.rows, split);
    } catch (const Error& error) {
      fail(split.where, "dataset.split", error.what());
    }
  }

  std::int64_t steps_of(std::int64_t epochs) {
    const std::int64_t steps = out_.batches->steps_per_epoch();
    const std::int64_t most = std::numeric_limits<std::int64_t>::max() / steps;
    if (epochs > most)
      fail(plan_.train.where, "train.epochs",
           fmt::format("expected at most {} epochs of {} steps, found {}", most, steps, epochs));
    return epochs * steps;
  }

  // Without data only what the hook itself has to say.
  bool make_hook(const plan::HookPlan& hook, bool with_data) {
    const std::string key = "hooks." + hook.name;
    auto handle = create<Hook>(hook.component, key);
    out_.hooks.push_back(at(hook.component, key, [&] {
      auto prepared = hooks::prepare(hook.name, std::move(handle), hook.trigger);
      if (!with_data) return prepared;
      for (const hooks::ValueNeed& need : prepared.values) check(need, hook, key);
      for (const hooks::PictureNeed& need : prepared.pictures) check(need, hook, key);
      return prepared;
    }));
    if (with_data &&
        hooks::Timetable(hook.trigger, out_.steps, out_.batches->steps_per_epoch()).count() == 0)
      out_.warnings.push_back(
          fmt::format("{} fires at no step of this run ({} steps)", key, out_.steps));
    return true;
  }

  void check(const hooks::ValueNeed& need, const plan::HookPlan& hook, const std::string& key) {
    const auto wrong = [&](const std::string& message, const std::string& hint = {}) {
      fail(hook.component, key, need.option, message, hint);
    };
    if (need.split.empty()) {
      if (need.metric != "loss")
        wrong(fmt::format("'{}': of a batch only batch.loss is known", need.name));
      if (std::ranges::count(hook.trigger.at, 0) != 0)
        wrong("batch.loss has no value at step 0, before the first batch; leave 0 out of `at`");
      return;
    }
    if (need.split == "all" || !rows_.contains(need.split))
      wrong(fmt::format("'{}': there is no split '{}' (splits: {}); `dataset.split` makes them",
                        need.name, need.split, fmt::join(split_names(), ", ")),
            did_you_mean(need.split, split_names()));
    wanted_.emplace(need.split, 0);
    if (std::ranges::count(out_.metrics, need.metric, &hooks::NamedMetric::name) != 0) return;
    const auto metric = std::ranges::find(plan_.metrics, need.metric, &plan::NamedComponent::name);
    if (metric == plan_.metrics.end()) {
      std::vector<std::string> names(plan::builtin_metrics.begin(), plan::builtin_metrics.end());
      for (const auto& known : plan_.metrics)
        if (std::ranges::count(names, known.name) == 0) names.push_back(known.name);
      wrong(fmt::format("'{}': there is no metric '{}' (metrics: {}); name others under `metrics:`",
                        need.name, need.metric, fmt::join(names, ", ")),
            did_you_mean(need.metric, names));
    }
    out_.metrics.push_back({need.metric, metric->component.type == "loss"});
  }

  void check(const hooks::PictureNeed& need, const plan::HookPlan& hook, const std::string& key) {
    out_.draws_pictures = true;
    if (need.split != "all" && !rows_.contains(need.split)) {
      std::vector<std::string> names = split_names();
      names.insert(names.begin(), "all");
      const auto [renderer, option] =
          renderer_of(hook.component.values, need.handle).value_or(Nested{&hook.component, ""});
      fail(*renderer, key + option, need.option,
           fmt::format("there is no split '{}' (splits: {}); `dataset.split` makes them",
                       need.split, fmt::join(names, ", ")),
           did_you_mean(need.split, names));
    }
    std::int64_t& shown = wanted_[need.split];
    shown = std::max(shown, need.rows);
    need.handle.call([&](const Renderer& r) { r.check(out_.data.sample_shape, out_.data.target); });
  }

  using Nested = std::pair<const plan::ComponentPlan*, std::string>;

  // The renderer's part of the plan, and the option that holds it: ".renderer", ".frame.inside".
  static std::optional<Nested> renderer_of(const plan::Values& values,
                                           const Handle<Renderer>& renderer) {
    const config::Location& where = renderer.where();
    for (const auto& [name, value] : values.entries()) {
      const auto* component = std::get_if<plan::ComponentPlan>(&value.data);
      if (component != nullptr && component->type == renderer.name() &&
          component->where.source == where.source && component->where.line == where.line &&
          component->where.column == where.column)
        return Nested{component, "." + name};
      if (const auto* group = std::get_if<plan::Values>(&value.data))
        if (const auto found = renderer_of(*group, renderer))
          return Nested{found->first, "." + name + found->second};
    }
    return std::nullopt;
  }

  static std::string did_you_mean(const std::string& word, const std::vector<std::string>& names) {
    const std::string suggestion = config::suggest(word, names);
    return suggestion.empty() ? "" : fmt::format("did you mean '{}'?", suggestion);
  }

  std::vector<std::string> split_names() const {
    std::vector<std::string> names;
    for (const auto& [name, rows] : rows_) names.push_back(name);
    return names;
  }

  struct Components {
    Network::Components network;  // metrics are made when hooks have asked for them
    Handle<Optimizer> optimizer;
  };

  Components create_components() {
    Components components;
    attempt([&] { return components.network.model = create<Model>(plan_.model, "model"); });
    attempt([&] { return components.network.loss = create<Loss>(plan_.loss, "loss"); });
    attempt([&] { return components.optimizer = create<Optimizer>(plan_.optimizer, "optimizer"); });
    return components;
  }

  void make_network(Network::Components components) {
    for (const auto& [name, is_loss] : out_.metrics) {
      const auto metric = std::ranges::find(plan_.metrics, name, &plan::NamedComponent::name);
      const auto& handle =
          components.metrics.emplace_back(create<Metric>(metric->component, "metrics." + name));
      at(metric->component, "metrics." + name,
         [&] { handle.call([&](const Metric& m) { m.check(out_.data.target); }); });
    }
    const std::int64_t outputs = at(plan_.loss, "loss", [&] {
      return components.loss.call([&](const Loss& l) { return l.outputs(out_.data.target); });
    });
    ModelDescription description = at(plan_.model, "model", [&] {
      return describe(components.model, out_.data.sample_shape, outputs);
    });
    LaneRule rule;
    rule.lanes = plan_.train.lanes;
    rule.whole = components.model.call([](const Model& m) { return m.whole_batches(); });
    rule.block_rows = plan_.train.block_rows
                          ? *plan_.train.block_rows
                          : components.model.call([](const Model& m) { return m.block_rows(); });
    at(plan_.model, "model", [&] {
      if (rule.block_rows < 1)
        throw Error(fmt::format("{} asks for blocks of {} rows; expected at least 1",
                                components.model.who(), rule.block_rows));
    });
    const std::int64_t batch = out_.batches->batch_size();
    const std::int64_t useful = Lanes(batch, rule).count();
    out_.team = std::make_unique<ThreadTeam>(static_cast<int>(
        plan_.threads.value_or(std::min<std::int64_t>(available_cores(), useful))));
    at(plan_.model, "model", [&] { check_memory(description.parameter_count(), useful); });
    at(plan_.model, "model", [&] {
      out_.network = std::make_unique<Network>(std::move(components), std::move(description), rule,
                                               *out_.team, plan_.seed, batch);
    });
    at(plan_.model, "model", [&] {
      const auto& parameters = out_.network->description().parameters;
      for (std::size_t i = 0; i < parameters.size(); ++i)
        initialize(plan_.seed, static_cast<int>(i), parameters[i].shape, parameters[i].initializer,
                   out_.network->weights().values(i));
    });
  }

  void make_update(const Handle<Optimizer>& optimizer) {
    at(plan_.optimizer, "optimizer",
       [&] { out_.update = std::make_unique<Update>(optimizer, *out_.network, *out_.team); });
  }

  void read_splits(const Handle<Dataset>& dataset) {
    wanted_.emplace("train", 0);
    at(plan_.dataset, "dataset", [&] {
      for (const auto& [name, shown] : wanted_) {
        std::vector<std::int64_t> rows = name == "all" ? first_rows(shown) : rows_.at(name);
        out_.splits[name] =
            std::make_shared<data::Rows>(data::read(dataset, out_.data, std::move(rows), shown));
      }
    });
  }

  std::vector<std::int64_t> first_rows(std::int64_t count) const {
    std::vector<std::int64_t> rows(static_cast<std::size_t>(std::min(count, out_.data.rows)));
    std::iota(rows.begin(), rows.end(), 0);
    return rows;
  }

  const plan::Plan& plan_;
  plugin_host::PluginHost& host_;
  config::Diagnostics& diagnostics_;
  Experiment out_;
  std::map<std::string, std::vector<std::int64_t>> rows_;
  /// Splits to read, and how many of their first rows pictures show; of "all" only those are read.
  std::map<std::string, std::int64_t> wanted_;
};

std::optional<Experiment> Assembly::make() {
  const std::size_t problems = diagnostics_.size();
  const auto dataset = attempt([&] { return describe_data(); });
  auto components = create_components();
  for (const plan::HookPlan& hook : plan_.hooks)
    attempt([&] { return make_hook(hook, dataset.has_value()); });
  for (const auto& [name, component] : plan_.loggers)
    attempt([&] {
      out_.loggers.push_back({name, create<Logger>(component, "loggers." + name)});
      return true;
    });
  // What follows takes all of the above for granted.
  if (diagnostics_.size() > problems) return std::nullopt;
  const bool made = attempt([&] {
                      make_network(std::move(components.network));
                      make_update(components.optimizer);
                      read_splits(*dataset);
                      return true;
                    }).has_value();
  if (!made) return std::nullopt;
  return std::move(out_);
}

}  // namespace

std::optional<Experiment> make_experiment(const plan::Plan& plan, plugin_host::PluginHost& host,
                                          config::Diagnostics& diagnostics) {
  return Assembly(plan, host, diagnostics).make();
}

}  // namespace assay::train
