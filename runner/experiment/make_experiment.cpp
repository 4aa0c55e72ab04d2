#include <fmt/format.h>
#include <fmt/ranges.h>
#include <malloc.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

#include "assay/acts.h"
#include "assay/number_text.h"
#include "runner/base/digest.h"
#include "runner/base/machine_share.h"
#include "runner/base/mapped_file_loss.h"
#include "runner/base/suggest.h"
#include "runner/base/wording.h"
#include "runner/experiment/blame.h"
#include "runner/experiment/data_files.h"
#include "runner/experiment/data_findings.h"
#include "runner/experiment/demand.h"
#include "runner/experiment/experiment.h"
#include "runner/experiment/fitting.h"
#include "runner/experiment/initial_weights.h"
#include "runner/experiment/lane_rule.h"
#include "runner/experiment/logger_files.h"
#include "runner/experiment/machine_memory.h"
#include "runner/experiment/memory_use.h"
#include "runner/experiment/splits.h"
#include "runner/experiment/tag_clashes.h"
#include "runner/experiment/weight_choice.h"
#include "runner/experiment/without_effect.h"
#include "runner/hooks/timetable.h"
#include "runner/plan/identity.h"
#include "runner/plan/scalar.h"
#include "runner/plan/value_name.h"
#include "runner/plugin_host/process_state.h"
#include "runner/plugin_host/schedules.h"
#include "runner/train/declared_slots.h"
#include "runner/train/initialize.h"
#include "runner/train/metric_results.h"
#include "runner/train/transforms.h"

namespace assay::experiment {
namespace {

using plugin_host::Handle;
using SharedRows = std::shared_ptr<const data::Rows>;

struct OpenedData {
  Handle<Dataset> dataset;
  std::optional<data::Description> description;  // nothing: a problem was reported
};

struct MadeLoss {
  Handle<Loss> loss;
  std::shared_ptr<bool> prepared;  // it knows the classes of the rows
};

struct MadeOptimizer {
  Handle<Optimizer> optimizer;
  std::vector<plugin_host::NamedRate> rates;
  std::vector<RateCourse> courses;
  std::shared_ptr<std::optional<std::vector<train::DeclaredSlot>>>
      slots;  // once they are asked for
};

// Creates the parts of an experiment. Each step continues if the previous ones left enough to work
// with, so that all problems are found except those that follow from others.
class Assembly {
 public:
  Assembly(const plan::Draft& draft, plugin_host::PluginHost& host,
           config::Diagnostics& diagnostics, SharedParts* shared)
      : draft_(draft),
        host_(host),
        diagnostics_(diagnostics),
        blame_(draft, diagnostics),
        shared_(shared),
        memory_(shared != nullptr ? MemoryBudget(shared->memory(), shared->held())
                                  : MemoryBudget()) {
    if (shared_ == nullptr) return;
    data_ = fmt::format("{} {}", name_of(host.instructions()), plan::identity(draft.dataset));
    rows_of_ = data_ + plan::identity(draft.split);
    context_ = base::digest(rows_of_ + plan::identity(draft.train));
  }

  std::optional<Experiment> make() {
    std::optional<plugin_host::KeptProcessState> state;  // whatever calls of components change
    std::set<std::string> mapped;
    if (shared_ == nullptr) {
      state.emplace();
      mapped = base::mapped_data_files();
    }
    describe_data();
    cut_rows();
    measure_training();
    make_hooks();
    make_loggers();
    make_transforms();
    make_network();
    make_update();
    read_splits();
    read_initial_weights();
    const std::string changes = state ? state->restore() : shared_->restore_process();
    if (!changes.empty()) diagnostics_.warning({}, "", plugin_host::changed_by_calls(changes));
    for (const std::string& warning : host_.warnings()) diagnostics_.warning({}, "", warning);
    if (!diagnostics_.empty()) return std::nullopt;
    if (shared_ == nullptr) {
      out_.data_files = paths_read_by(draft_, host_);
      for (const std::string& path : base::mapped_data_files())
        if (!mapped.contains(path)) out_.data_files.insert(path);
      malloc_trim(0);  // free the memory of reading before training allocates its own
      warn_of_memory(memory_use(out_), memory_.given(), diagnostics_);
    } else {
      const auto program = shared<std::size_t>(
          "", "program " + data_, [&] { return std::optional(memory_use(out_).program); });
      warn_of_memory(memory_use(out_, *program), shared_->memory(), diagnostics_);
    }
    return std::move(out_);
  }

 private:
  template <class Interface>
  std::optional<Handle<Interface>> create(const plan::ComponentPlan& plan, const std::string& key) {
    if (draft_.soundness(key) == plan::Soundness::broken) return std::nullopt;
    return blame_.attempt(Part(key, plan), [&] {
      auto made = host_.create<Interface>(plan);
      if (out_.steps > 0) plugin_host::begin_schedules(made.object(), out_.steps);
      return made;
    });
  }

  // Returns true if a component, or one within it, declares state.
  static bool has_state(const plugin_host::Object& component) {
    return component.facet(FacetId::stateful) != nullptr ||
           std::ranges::any_of(component.nested,
                               [](const auto& nested) { return has_state(*nested); });
  }

  // Returns true if experiments may share a part, as far as its component is concerned.
  template <class Interface>
  static bool may_share(const Handle<Interface>& component) {
    return !has_state(component.object());
  }
  static bool may_share(const hooks::PreparedHook& hook) { return may_share(hook.hook); }
  static bool may_share(const MadeLoss& made) { return may_share(made.loss); }
  static bool may_share(const MadeOptimizer& made) { return may_share(made.optimizer); }
  // A component within a dataset is told the length of the run.
  static bool may_share(const OpenedData& data) {
    return may_share(data.dataset) && data.dataset.object().nested.empty();
  }
  template <class Part>
  static bool may_share(const Part& /*plain*/) {
    return true;
  }

  // Returns the part that an earlier experiment made of the same, or makes it with `make`, which
  // returns nothing if it has reported a problem. `of` says what the part is made of.
  template <class Part, class Make>
  std::optional<Part> shared(const std::string& key, const std::string& of, Make&& make) {
    if (shared_ == nullptr || draft_.soundness(key) != plan::Soundness::sound) return make();
    const std::string name = fmt::format("{} {}", key, of);
    if (const Part* known = shared_->find<Part>(name)) return *known;
    const std::size_t said = diagnostics_.sorted().size();
    std::optional<Part> part = make();
    if (part && diagnostics_.sorted().size() == said && may_share(*part))
      shared_->keep(name, *part);
    return part;
  }

  // Makes a component that depends on nothing but its plan and the context.
  template <class Interface>
  std::optional<Handle<Interface>> create_shared(const plan::ComponentPlan& plan,
                                                 const std::string& key) {
    return shared<Handle<Interface>>(key, of(plan), [&] { return create<Interface>(plan, key); });
  }

  // Returns what a component of this context is made of.
  std::string of(const plan::ComponentPlan& plan) const {
    if (shared_ == nullptr) return {};
    return fmt::format("{} {} {} {}", context_, described_, out_.steps, plan::identity(plan));
  }

  void describe_data() {
    const auto opened = shared<OpenedData>("dataset", data_, [&] { return open_data(); });
    if (!opened) return;
    dataset_ = opened->dataset;
    if (!opened->description) return;
    out_.data = *opened->description;
    described_ = blame_.attempt(Part("dataset", draft_.dataset), [&] {
      // The row numbers are put in order, and divided into splits.
      const double bytes = 2 * static_cast<double>(out_.data.rows) * sizeof(std::int64_t);
      memory_.check(bytes,
                    fmt::format("the order of {} rows alone needs {}", grouped(out_.data.rows),
                                gigabytes(bytes)),
                    "use fewer rows");
    });
  }

  std::optional<OpenedData> open_data() {
    if (shared_ != nullptr) shared_->make_room();
    auto dataset = create<Dataset>(draft_.dataset, "dataset");
    if (!dataset) return std::nullopt;
    OpenedData opened{*dataset, std::nullopt};
    blame_.attempt(Part("dataset", draft_.dataset), [&] {
      data::Description description = data::describe(*dataset);
      out_.state.declare(dataset->object(), "dataset");
      // Rows without targets can only be predicted. The dataset says so before the loss and the
      // metrics judge targets that are not there.
      data::check_has_targets(*dataset, description);
      opened.description = std::move(description);
    });
    return opened;
  }

  void cut_rows() {
    if (!described_ || draft_.doubtful.contains("dataset.split")) return;
    const auto rows =
        shared<std::shared_ptr<SplitRows>>("", "split " + rows_of_, [&] { return cut_anew(); });
    if (!rows) return;
    rows_ = *rows;
    for (const auto& [name, numbers] : *rows_)
      out_.split_sizes[name] = static_cast<std::int64_t>(numbers.size());
  }

  std::optional<std::shared_ptr<SplitRows>> cut_anew() {
    auto rows = blame_.attempt(Part("dataset.split", split_place()),
                               [&] { return cut(out_.data, draft_.split); });
    if (!rows) return std::nullopt;
    if (!draft_.split)
      for (const auto& [name, both] : trained_on(*rows))
        diagnostics_.warning(
            draft_.dataset.where, "dataset",
            fmt::format("{} of the {} rows of its split '{}' are training rows, too", grouped(both),
                        grouped(rows->at(name).size()), name));
    return std::make_shared<SplitRows>(*std::move(rows));
  }

  // Returns the place of the split in the config; an argument that sets a part of it takes
  // precedence.
  config::Location split_place() const {
    for (const char* share : {"test", "validation"}) {
      const config::Location place = draft_.place(fmt::format("dataset.split.{}", share));
      if (place.is_in_argument()) return place;
    }
    return draft_.split ? draft_.split->where : draft_.dataset.where;
  }

  void measure_training() {
    if (!rows_ || draft_.doubtful.contains("train")) return;
    blame_.attempt(Part("dataset.split", draft_.dataset.where), [&] {
      out_.batches.emplace(out_.split_sizes.at("train"), draft_.train.batch_size,
                           draft_.train.shuffle, draft_.seed);
    });
    if (!out_.batches) return;
    blame_.attempt(Part("train.epochs", draft_.train.where), [&] {
      out_.steps = draft_.train.steps ? *draft_.train.steps : steps_of(*draft_.train.epochs);
    });
    // The dataset was created before the length of the run was known.
    if (out_.steps > 0)
      blame_.attempt(Part("dataset", draft_.dataset),
                     [&] { plugin_host::begin_schedules(dataset_->object(), out_.steps); });
    if (draft_.train.batch_size.value_or(0) > out_.batches->rows())
      diagnostics_.warning(
          draft_.place("train.batch_size"), "train.batch_size",
          fmt::format("the training split has fewer rows than {}: every step takes all {}",
                      grouped(*draft_.train.batch_size), grouped(out_.batches->rows())),
          "write `batch_size: all`");
  }

  std::int64_t steps_of(std::int64_t epochs) const {
    const std::int64_t steps = out_.batches->steps_per_epoch();
    const std::int64_t most = std::numeric_limits<std::int64_t>::max() / steps;
    if (epochs > most)
      throw Error(fmt::format("expected at most {} epochs of {} steps, found {}", grouped(most),
                              grouped(steps), grouped(epochs)));
    return epochs * steps;
  }

  void make_hooks() {
    Demand demand(draft_, split_names(), host_, diagnostics_);
    for (const plan::HookPlan& hook : draft_.hooks) {
      make_hook(hook, demand);
      check_trigger(hook);
    }
    if (out_.steps > 0)
      check_tag_clashes(draft_, out_.steps, out_.batches->steps_per_epoch(), diagnostics_);
    out_.metrics = demand.metrics();
    out_.draws_pictures = demand.pictures();
    const auto acts_at_end = [](const hooks::PreparedHook& hook) {
      return hook.trigger.at_end && hook.hook.has<Acts>();
    };
    out_.state_copies = draft_.checkpoints.while_training() ? 1 : 0;
    if (std::ranges::any_of(out_.hooks, acts_at_end)) ++out_.state_copies;
    shown_rows_ = demand.shown_rows();
    shown_rows_.emplace("train", 0);
    make_metrics(demand.usable_metrics());
    find_best(demand);
  }

  // Finds the value by which a checkpoint is the best among those that hooks read. If a hook could
  // not be made, it is not known what it reads.
  void find_best(const Demand& demand) {
    const std::optional<plan::BestPlan>& best = draft_.checkpoints.best;
    const auto name = best ? plan::ValueName::parse(best->value) : std::nullopt;
    if (!name || out_.hooks.size() < draft_.hooks.size()) return;
    const plan::ReadableValue wanted = demand.resolved(*name);
    std::vector<std::string> read;
    for (const hooks::PreparedHook& hook : out_.hooks) {
      if (!fires_after_a_step(hook.trigger)) continue;
      for (const hooks::ValueNeed& need : hook.values) {
        if (need.value == wanted && need.size == 1) out_.best = wanted;
        if (need.size == 1 && std::ranges::count(read, need.name.text()) == 0)
          read.push_back(need.name.text());
      }
    }
    if (out_.best) return;
    const std::string meant = base::suggest(best->value, read);
    std::string there = read.empty() ? "" : "hooks read: " + base::listed(read);
    if (meant.empty())
      there += fmt::format(
          "{0}a hook: `best: {{type: scalar, tag: best/{1}, value: {1}, every_epoch: 1}}`",
          read.empty() ? "add " : "; add ", best->value);
    diagnostics_.error(
        best->where, "checkpoints.best.value",
        fmt::format("no hook reads the number {} after a step, so no checkpoint could be the best",
                    base::quoted(best->value)),
        base::hint_of(meant, there));
  }

  // Returns true if a hook with this trigger fires after a step of training, as far as is known,
  // and not only because the run ends.
  bool fires_after_a_step(plan::Trigger trigger) const {
    trigger.at_end = false;
    if (out_.steps == 0) return true;
    const hooks::Timetable timetable(trigger, out_.steps, out_.batches->steps_per_epoch());
    return timetable.last().value_or(0) > 0;
  }

  std::optional<std::vector<std::string>> split_names() const {
    if (!rows_ && draft_.split && !draft_.doubtful.contains("dataset.split"))
      return names_of(*draft_.split);
    if (!rows_) return std::nullopt;
    std::vector<std::string> names;
    for (const auto& [name, rows] : *rows_) names.push_back(name);
    return names;
  }

  void make_hook(const plan::HookPlan& plan, Demand& demand) {
    const Part part("hooks." + plan.name, plan.component);
    const std::string made_of = of(plan.component) + plan::identity(plan.trigger);
    auto hook =
        shared<hooks::PreparedHook>(part.key, made_of, [&]() -> std::optional<hooks::PreparedHook> {
          auto handle = create<Hook>(plan.component, part.key);
          if (!handle) return std::nullopt;
          return blame_.attempt(
              part, [&] { return hooks::prepare(plan.name, std::move(*handle), plan.trigger); });
        });
    if (!hook) return;
    declare_state(part, hook->hook, "hooks/" + plan.name);
    demand.add(plan, *hook);
    for (const hooks::PictureNeed& need : hook->pictures) check(need.handle, part);
    out_.hooks.push_back(std::move(*hook));
  }

  void check_trigger(const plan::HookPlan& hook) {
    if (out_.steps == 0 || draft_.doubtful.contains("hooks." + hook.name)) return;
    warn_of_steps(draft_, hook, out_.steps, out_.batches->steps_per_epoch(), diagnostics_);
  }

  void check(const Handle<Renderer>& renderer, const Part& hook) {
    if (!described_) return;
    blame_.attempt(part_of(renderer, hook), [&] {
      renderer.call([&](const Renderer& r) { r.check(out_.data.sample_shape, out_.data.target); });
    });
  }

  // Also creates the metrics that no hook needs, to check them.
  void make_metrics(const std::vector<plan::NamedComponent>& usable) {
    std::map<std::string, Handle<Metric>> made;
    for (const auto& [name, component] : usable) {
      const Part part("metrics." + name, component);
      auto metric = shared<Handle<Metric>>(part.key, of(component), [&] {
        auto handle = create<Metric>(component, part.key);
        if (handle && described_)
          blame_.attempt(part,
                         [&] { handle->call([&](Metric& m) { m.prepare(out_.data.target); }); });
        return handle;
      });
      if (!metric) continue;
      made.emplace(name, std::move(*metric));
    }
    for (const std::string& wanted : out_.metrics)
      if (const auto metric = made.find(wanted); metric != made.end()) {
        metrics_.push_back(metric->second);
        declare_state(metric_part(wanted, usable), metric->second, "metrics/" + wanted);
        find_results(wanted, metric->second, metric_part(wanted, usable));
      }
  }

  static Part metric_part(const std::string& name,
                          const std::vector<plan::NamedComponent>& metrics) {
    return {"metrics." + name,
            std::ranges::find(metrics, name, &plan::NamedComponent::name)->component};
  }

  // Finds the results that hooks name among those that the metric has.
  void find_results(const std::string& name, const Handle<Metric>& metric, const Part& part) {
    if (!described_) return;
    const auto results = blame_.attempt(part, [&] { return train::results_of(metric); });
    if (!results) return;
    for (std::size_t i = 0; i < out_.hooks.size(); ++i)
      for (hooks::ValueNeed& need : out_.hooks[i].values) {
        const plan::SplitValue* value = need.of_split();
        if (value == nullptr || value->metric != name) continue;
        const auto found = std::ranges::find(*results, value->result, &train::ResultInfo::name);
        if (found == results->end()) no_result(need, *results, out_.hooks[i].name);
        else if (found->size != 1 && !need.vector) a_vector(need, *found, out_.hooks[i].name);
        else {
          need.first = found->first;
          need.size = found->size;
        }
      }
  }

  Part hook_part(const std::string& name) const {
    return {"hooks." + name,
            std::ranges::find(draft_.hooks, name, &plan::HookPlan::name)->component};
  }

  void no_result(const hooks::ValueNeed& need, const std::vector<train::ResultInfo>& results,
                 const std::string& hook) {
    const plan::SplitValue& value = *need.of_split();
    std::string there;
    for (const train::ResultInfo& result : results)
      there += fmt::format("{}{}.{}{}{}", there.empty() ? "" : ", ", need.name.owner(),
                           value.metric, result.name.empty() ? "" : ".", result.name);
    blame_.report(hook_part(hook), need.option,
                  fmt::format("'{}': the metric {} has no such result (it has: {})",
                              need.name.text(), value.metric, there));
  }

  void a_vector(const hooks::ValueNeed& need, const train::ResultInfo& result,
                const std::string& hook) {
    blame_.report(hook_part(hook), need.option,
                  fmt::format("'{}' is a vector of {} numbers; expected a single number",
                              need.name.text(), grouped(result.size)));
  }

  void make_loggers() {
    for (const auto& [name, component] : draft_.loggers)
      if (auto logger = create_shared<Logger>(component, "loggers." + name)) {
        declare_state(Part("loggers." + name, component), *logger, "loggers/" + name);
        out_.loggers.push_back({name, std::move(*logger)});
      }
    check_logger_files(draft_, host_, diagnostics_);
  }

  // Leaves transforms_ empty if one of them is not known: the model depends on their output.
  void make_transforms() {
    train::Transforms chain(out_.data.sample_shape, draft_.seed);
    bool known = described_ && !draft_.doubtful.contains("transforms");
    for (const auto& [name, component] : draft_.transforms) {
      const Part part("transforms." + name, component);
      const auto transform = create<Transform>(component, part.key);
      known = known && transform && blame_.attempt(part, [&] {
        chain.add(*transform);
        out_.state.declare(transform->object(), "transforms/" + name);
      });
    }
    if (known) transforms_ = std::move(chain);
  }

  void make_network() {
    const auto model = create<Model>(draft_.model, "model");
    const auto made = shared<MadeLoss>("loss", of(draft_.loss), [&]() -> std::optional<MadeLoss> {
      auto handle = create<Loss>(draft_.loss, "loss");
      if (!handle) return std::nullopt;
      return MadeLoss{*std::move(handle), std::make_shared<bool>(false)};
    });
    if (!described_ || !made) return;
    const Handle<Loss>* const loss = &made->loss;
    const auto outputs = blame_.attempt(Part("loss", draft_.loss), [&] {
      return loss->call([&](const Loss& l) { return l.outputs(out_.data.target); });
    });
    if (outputs) {
      declare_state(Part("loss", draft_.loss), *loss, "loss");
      loss_ = *made;
    }
    if (!outputs || !model || !transforms_) return;
    blame_.attempt(Part("model", draft_.model), [&] {
      auto description = train::describe(*model, transforms_->shape(), *outputs);
      find_parameters(description);
      out_.state.declare(model->object(), "buffers");
      model_ = *model;
      if (out_.batches)
        make_network({*model, *loss, metrics_, *transforms_}, std::move(description));
    });
  }

  // Finds the parameters whose weights renderers name.
  void find_parameters(const train::ModelDescription& model) {
    const auto& all = model.parameters;
    for (hooks::PreparedHook& hook : out_.hooks)
      for (hooks::PictureNeed& picture : hook.pictures)
        for (hooks::WeightsNeed& need : picture.needed.weights) {
          const auto found = std::ranges::find(all, need.parameter, &train::ParameterInfo::name);
          need.index = static_cast<std::size_t>(found - all.begin());
          if (found == all.end())
            no_parameter(need, all, part_of(picture.handle, hook_part(hook.name)));
        }
  }

  void no_parameter(const hooks::WeightsNeed& need,
                    const std::vector<train::ParameterInfo>& parameters, const Part& renderer) {
    std::vector<std::string> names;
    for (const train::ParameterInfo& parameter : parameters) names.push_back(parameter.name);
    blame_.report(renderer, need.option,
                  fmt::format("the model has no parameter '{}' (it has: {})", need.parameter,
                              base::listed(names)),
                  base::did_you_mean(need.parameter, names));
  }

  void make_network(train::Network::Components components, train::ModelDescription description) {
    const std::int64_t batch = out_.batches->batch_size();
    const train::LaneRule rule = lane_rule(draft_.train, components.model);
    warn_of_lanes(draft_, batch, rule, diagnostics_);
    const std::int64_t useful = train::useful_threads(components.model, {batch, rule});
    const base::Share cores = shared_ != nullptr ? shared_->cores() : base::cores_given();
    warn_of_threads(draft_, cores, diagnostics_);
    // More threads than cores would only wait for each other.
    const std::int64_t threads = std::min(draft_.threads.value_or(useful), cores.amount);
    check_network_fits(components, description, {batch, rule}, threads);
    make_team(threads);
    auto network = std::make_unique<train::Network>(std::move(components), std::move(description),
                                                    rule, *out_.team, draft_.seed, batch);
    if (shared_ == nullptr)
      train::initialize(draft_.seed, network->description(), network->weights());
    out_.network = std::move(network);
  }

  template <class Interface>
  void declare_state(const Part& part, const Handle<Interface>& component,
                     const std::string& name) {
    blame_.attempt(part, [&] { out_.state.declare(component.object(), name); });
  }

  void make_team(std::int64_t threads) {
    out_.team = shared_ != nullptr ? shared_->team(static_cast<int>(threads))
                                   : std::make_shared<train::ThreadTeam>(static_cast<int>(threads));
    if (!out_.team->shortfall().empty())
      diagnostics_.warning(draft_.place("threads"), "threads", out_.team->shortfall(),
                           fmt::format("the run goes on with {}; its results are the same",
                                       grouped(out_.team->size())));
  }

  // Checks the size before anything of the network is created.
  void check_network_fits(const train::Network::Components& components,
                          const train::ModelDescription& description, const train::Lanes& lanes,
                          std::int64_t threads) {
    parameter_bytes_ = static_cast<double>(description.parameter_count()) * sizeof(float);
    const double gradients = parameter_bytes_ * static_cast<double>(lanes.count());
    memory_.take(parameter_bytes_ + gradients,
                 fmt::format("{} parameters need {} for weights and gradients",
                             grouped(description.parameter_count()),
                             gigabytes(parameter_bytes_ + gradients)),
                 "make the layers narrower");
    const double bench = static_cast<double>(train::bench_bytes(
        components.model, description, components.transforms, lanes.tallest_block()));
    if (components.model.has<Phases>()) {
      const double blocks = bench * static_cast<double>(std::max(threads, lanes.blocks()));
      memory_.take(blocks,
                   fmt::format("a batch of {} rows that is held as a whole needs {}",
                               grouped(lanes.rows()), gigabytes(blocks)),
                   "lower `train.batch_size`, or make samples or layers smaller");
      return;
    }
    const double blocks = bench * static_cast<double>(threads);
    memory_.take(blocks,
                 fmt::format("blocks of {} rows need {} on {}", grouped(lanes.tallest_block()),
                             gigabytes(blocks), counted(threads, "thread")),
                 "lower `train.block_rows` or `threads`, or make samples or layers smaller");
  }

  void make_update() {
    if (out_.network) choose();
    auto transforms = make_gradient_transforms();
    const train::RawGradientUse raw =
        transforms.empty() ? train::RawGradientUse() : raw_gradient_use();
    const auto made =
        shared<MadeOptimizer>("optimizer", of(draft_.optimizer), [&] { return make_optimizer(); });
    if (!made) return;
    const Handle<Optimizer>* const optimizer = &made->optimizer;
    declare_state(Part("optimizer", draft_.optimizer), *optimizer, "optimizer");
    out_.rates = made->rates;
    out_.courses.insert(out_.courses.begin(), made->courses.begin(), made->courses.end());
    if (!out_.network) return;
    auto tuning = make_tuning();
    if (!tuning) return;
    blame_.attempt(Part("optimizer", draft_.optimizer), [&] {
      if (!*made->slots) *made->slots = train::declared_slots(*optimizer);
      std::vector<train::DeclaredSlot> slots = **made->slots;
      take_slots(slots, "use an optimizer with less state, or make the layers narrower");
      out_.update =
          std::make_unique<train::Update>(*optimizer, std::move(slots), *out_.network, *out_.team,
                                          std::move(transforms), raw, *std::move(tuning));
    });
  }

  // Makes an optimizer for each factor of the rates.
  std::optional<train::Tuning> make_tuning() {
    train::Tuning tuning;
    tuning.frozen = out_.choice.frozen;
    const std::vector<double>& factors = out_.choice.factors;
    for (std::size_t i = 0; i < factors.size(); ++i) {
      tuning.group_of.push_back(0);
      if (factors[i] == 1 || !out_.choice.trains(i)) continue;
      auto group = std::ranges::find(tuning.groups, factors[i], &train::Tuning::Group::factor);
      if (group == tuning.groups.end()) {
        const auto optimizer = create<Optimizer>(draft_.optimizer, "optimizer");
        if (!optimizer) return std::nullopt;
        declare_state(Part("optimizer", draft_.optimizer), *optimizer,
                      fmt::format("optimizer_at/{}", plan::shortest(factors[i])));
        group = tuning.groups.insert(tuning.groups.end(), {*optimizer, factors[i]});
      }
      tuning.group_of.back() = static_cast<std::size_t>(group - tuning.groups.begin()) + 1;
    }
    return tuning;
  }

  // Reads the weights last: they also replace what the model has learned when it was fitted.
  void read_initial_weights() {
    if (!draft_.init_from || !out_.network) return;
    state::Registry buffers;
    out_.state.lend(buffers);
    out_.initial = read_weights(*draft_.init_from, out_.network->description(),
                                out_.network->weights(), buffers, diagnostics_);
  }

  // Finds the weights that are trained; only they get slots.
  void choose() {
    const train::ModelDescription& model = out_.network->description();
    out_.choice = choose_weights(draft_, model, diagnostics_);
    trained_bytes_ = static_cast<double>(trained_count(out_.choice, model)) * sizeof(float);
  }

  // Creates the transforms in their order, without those that have a problem.
  std::vector<train::PreparedTransform> make_gradient_transforms() {
    std::vector<train::PreparedTransform> transforms;
    for (const auto& [name, component] : draft_.gradient_transforms) {
      const Part part("gradient_transforms." + name, component);
      auto transform = create<GradientTransform>(component, part.key);
      if (!transform) continue;
      declare_state(part, *transform, "gradient_transforms/" + name);
      follow_schedules(part, *transform);
      blame_.attempt(part, [&] {
        auto prepared = train::prepare(name, std::move(*transform));
        take_slots(prepared.slots, "use a transform with less state, or make the layers narrower");
        take_sums(prepared.sums);
        transforms.push_back(std::move(prepared));
      });
    }
    return transforms;
  }

  void take_slots(const std::vector<train::DeclaredSlot>& slots, std::string_view advice) {
    const double bytes = trained_bytes_ * static_cast<double>(slots.size());
    memory_.take(
        bytes, fmt::format("{} numbers for each parameter need {}", slots.size(), gigabytes(bytes)),
        advice);
  }

  // Counts the sums that a transform makes of each slice. Transforms share the memory for them.
  void take_sums(std::size_t sums) {
    if (!out_.network || sums <= most_sums_) return;
    const train::ParameterSlices slices(out_.network->description(), false, out_.choice.frozen);
    const double bytes = static_cast<double>(slices.size() * (sums - most_sums_)) * sizeof(double);
    memory_.take(
        bytes,
        fmt::format("sums over {} need {}",
                    counted(static_cast<std::int64_t>(slices.size()), "slice"), gigabytes(bytes)),
        "make the layers narrower");
    most_sums_ = sums;
  }

  // Follows the schedules of a gradient transform over the run.
  void follow_schedules(const Part& part, const Handle<GradientTransform>& transform) {
    if (out_.steps == 0) return;
    blame_.attempt(part, [&] {
      for (const plugin_host::NamedRate& rate : plugin_host::rates(
               transform.object(), plugin_host::rate_options(*part.component, host_))) {
        if (rate.is_constant()) continue;
        out_.courses.push_back(course_of(rate, out_.steps));
        out_.courses.back().name = base::joined(part.key, rate.name());
      }
    });
  }

  // Finds out which hooks read the gradient before any transform, which takes memory of its own.
  train::RawGradientUse raw_gradient_use() {
    train::RawGradientUse use;
    for (const hooks::PreparedHook& hook : out_.hooks) {
      use.norm |= hook.reads(plan::TrainingValue::gradient_norm);
      if (!hook.raw_gradients || use.values) continue;
      use.values = blame_.attempt(hook_part(hook.name), [&] {
        memory_.take(
            parameter_bytes_,
            fmt::format("the gradients before any transform need {}", gigabytes(parameter_bytes_)),
            "leave out this hook, or make the layers narrower");
      });
    }
    return use;
  }

  std::optional<MadeOptimizer> make_optimizer() {
    auto optimizer = create<Optimizer>(draft_.optimizer, "optimizer");
    if (!optimizer) return std::nullopt;
    MadeOptimizer made{*std::move(optimizer), {}, {}, {}};
    made.slots = std::make_shared<std::optional<std::vector<train::DeclaredSlot>>>();
    follow_rates(made);
    return made;
  }

  void follow_rates(MadeOptimizer& made) {
    if (out_.steps == 0) return;
    const auto options = plugin_host::rate_options(draft_.optimizer, host_);
    blame_.attempt(Part("optimizer", draft_.optimizer), [&] {
      made.rates = plugin_host::rates(made.optimizer.object(), options);
      for (const plugin_host::NamedRate& rate : made.rates)
        made.courses.push_back(course_of(rate, out_.steps));
    });
    for (const RateCourse& course : made.courses)
      warn_of_zeros(draft_,
                    *std::ranges::find(options, course.name, &plugin_host::RateOption::name),
                    course, out_.steps, host_, diagnostics_);
  }

  void read_splits() {
    if (!rows_) return;
    std::string made_of = "values " + context_;
    const bool read = blame_.attempt(Part("dataset", draft_.dataset), [&] {
      for (const auto& [name, shown] : shown_rows_) {
        made_of += fmt::format(" {} {}", name, shown);
        out_.splits[name] =
            *shared<SharedRows>("", fmt::format("rows {}{} {}", rows_of_, name, shown),
                                [&] { return std::optional(read_split(name, shown)); });
      }
    });
    if (!read) return;
    prepare_loss();
    const DataFiles files(draft_.dataset, host_.parameters(Kind::dataset, draft_.dataset.type));
    const std::size_t problems = diagnostics_.size();
    shared<bool>("dataset", made_of, [&] {
      check_values(draft_, files, out_.splits, blame_);
      warn_of_missing_classes(draft_, files, out_.splits, blame_);
      return std::optional(true);
    });
    if (transforms_ && diagnostics_.size() == problems)
      fit({draft_, files, *transforms_, model_, *out_.splits.at("train")}, blame_);
  }

  SharedRows read_split(const std::string& name, std::int64_t shown) {
    if (shared_ != nullptr) shared_->make_room();
    // Each split is read once. Its row numbers are needed afterwards only where others share them.
    std::vector<std::int64_t> rows = name == plan::all_rows ? first_rows(shown)
                                     : shared_ != nullptr   ? rows_->at(name)
                                                            : std::move(rows_->at(name));
    check_rows_fit(name, rows, shown);
    return std::make_shared<data::Rows>(data::read(*dataset_, out_.data, std::move(rows), shown));
  }

  // Tells the loss how many rows of each class it will be trained on.
  void prepare_loss() {
    if (!loss_ || *loss_->prepared) return;
    const auto counts = data::rows_by_class(*out_.splits.at("train"));
    *loss_->prepared = blame_.attempt(Part("loss", draft_.loss), [&] {
      loss_->loss.call([&](Loss& loss) { loss.prepare(counts); });
    });
  }

  void check_rows_fit(const std::string& split, std::span<const std::int64_t> rows,
                      std::int64_t shown) {
    const auto bytes = static_cast<double>(data::bytes_to_read(*dataset_, out_.data, rows, shown));
    memory_.take(bytes,
                 fmt::format("the {} rows of the split '{}' need {} in memory",
                             grouped(rows.size()), split, gigabytes(bytes)),
                 "use fewer or smaller rows, and show fewer in pictures");
  }

  std::vector<std::int64_t> first_rows(std::int64_t count) const {
    std::vector<std::int64_t> rows(static_cast<std::size_t>(std::min(count, out_.data.rows)));
    std::iota(rows.begin(), rows.end(), 0);
    return rows;
  }

  const plan::Draft& draft_;
  plugin_host::PluginHost& host_;
  config::Diagnostics& diagnostics_;
  Blame blame_;
  SharedParts* const shared_;
  // The settings that shared parts are made of: the dataset, its splits, and all but the component
  // itself.
  std::string data_, rows_of_, context_;
  MemoryBudget memory_;
  Experiment out_;
  double parameter_bytes_ = 0;
  std::size_t most_sums_ = 0;  // of one gradient transform
  double trained_bytes_ = 0;   // of the parameters that are not frozen
  std::optional<Handle<Dataset>> dataset_;
  bool described_ = false;  // out_.data
  std::shared_ptr<SplitRows> rows_;
  std::optional<MadeLoss> loss_;
  std::optional<train::Transforms> transforms_;
  std::optional<Handle<Model>> model_;   // built, for what the transforms leave
  std::vector<Handle<Metric>> metrics_;  // as in out_.metrics
  std::map<std::string, std::int64_t> shown_rows_;
};

}  // namespace

std::optional<Experiment> make_experiment(const plan::Draft& draft, plugin_host::PluginHost& host,
                                          config::Diagnostics& diagnostics, SharedParts* shared) {
  return Assembly(draft, host, diagnostics, shared).make();
}

}  // namespace assay::experiment
