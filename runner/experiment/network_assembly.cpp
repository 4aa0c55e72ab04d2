#include "runner/experiment/network_assembly.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "assay/number_text.h"
#include "runner/base/machine_share.h"
#include "runner/base/wording.h"
#include "runner/experiment/data_files.h"
#include "runner/experiment/fitting.h"
#include "runner/experiment/lane_rule.h"
#include "runner/experiment/without_effect.h"
#include "runner/plan/scalar.h"
#include "runner/train/initialize.h"

namespace assay::experiment {

using plugin_host::Handle;

void NetworkAssembly::make() {
  make_transforms();
  make_model_and_loss();
  make_update();
}

void NetworkAssembly::make_transforms() {
  train::Transforms chain(out_.data.sample_shape, draft_.seed);
  bool known = maker_.data_is_known && !draft_.doubtful.contains("transforms");
  for (const auto& [name, component] : draft_.transforms) {
    const Part part("transforms." + name, component);
    const auto transform = maker_.create<Transform>(component, part.key);
    known = known && transform && blame_.attempt(part, [&] {
      chain.add(*transform);
      out_.state.declare(transform->object(), "transforms/" + name);
    });
  }
  if (known) transforms_ = std::move(chain);
}

void NetworkAssembly::make_model_and_loss() {
  const auto model = maker_.create<Model>(draft_.model, "model");
  const auto made =
      maker_.shared<MadeLoss>("loss", maker_.of(draft_.loss), [&]() -> std::optional<MadeLoss> {
        auto handle = maker_.create<Loss>(draft_.loss, "loss");
        if (!handle) return std::nullopt;
        return MadeLoss{*std::move(handle), std::make_shared<bool>(false)};
      });
  if (!maker_.data_is_known || !made) return;
  const Handle<Loss>* const loss = &made->loss;
  const auto outputs = blame_.attempt(Part("loss", draft_.loss), [&] {
    return loss->call([&](const Loss& l) { return l.outputs(out_.data.target); });
  });
  if (outputs) {
    maker_.declare_state(Part("loss", draft_.loss), *loss, "loss");
    loss_ = *made;
  }
  if (!outputs || !model || !transforms_) return;
  blame_.attempt(Part("model", draft_.model), [&] {
    auto description = train::describe(*model, transforms_->shape(), *outputs);
    hooks_.find_parameters(description);
    out_.state.declare(model->object(), "buffers");
    model_ = *model;
    if (out_.batches)
      make_network({*model, *loss, hooks_.metrics(), *transforms_}, std::move(description));
  });
}

void NetworkAssembly::make_network(train::Network::Components components,
                                   train::ModelDescription description) {
  const std::int64_t batch = out_.batches->batch_size();
  const train::LaneRule rule = lane_rule(draft_.train, components.model);
  warn_of_lanes(draft_, batch, rule, diagnostics_);
  const std::int64_t useful = train::useful_threads(components.model, {batch, rule});
  const base::Share cores =
      maker_.shared_parts != nullptr ? maker_.shared_parts->cores() : base::cores_given();
  warn_of_threads(draft_, cores, diagnostics_);
  // More threads than cores would only wait for each other.
  const std::int64_t threads = std::min(draft_.threads.value_or(useful), cores.amount);
  check_network_fits(components, description, {batch, rule}, threads);
  make_team(threads);
  auto network = std::make_unique<train::Network>(std::move(components), std::move(description),
                                                  rule, *out_.team, draft_.seed, batch);
  if (maker_.shared_parts == nullptr)
    train::initialize(draft_.seed, network->description(), network->weights());
  out_.network = std::move(network);
}

void NetworkAssembly::make_team(std::int64_t threads) {
  out_.team = maker_.shared_parts != nullptr
                  ? maker_.shared_parts->team(static_cast<int>(threads))
                  : std::make_shared<train::ThreadTeam>(static_cast<int>(threads));
  if (!out_.team->shortfall().empty())
    diagnostics_.warning(draft_.place("threads"), "threads", out_.team->shortfall(),
                         fmt::format("the run goes on with {}; its results are the same",
                                     grouped(out_.team->size())));
}

void NetworkAssembly::check_network_fits(const train::Network::Components& components,
                                         const train::ModelDescription& description,
                                         const train::Lanes& lanes, std::int64_t threads) {
  parameter_bytes_ = static_cast<double>(description.parameter_count()) * sizeof(float);
  const double gradients = parameter_bytes_ * static_cast<double>(lanes.count());
  maker_.memory.take(
      parameter_bytes_ + gradients,
      fmt::format("{} parameters need {} for weights and gradients",
                  grouped(description.parameter_count()), gigabytes(parameter_bytes_ + gradients)),
      "make the layers narrower");
  const double bench = static_cast<double>(train::bench_bytes(
      components.model, description, components.transforms, lanes.tallest_block()));
  if (components.model.has<Phases>()) {
    const double blocks = bench * static_cast<double>(std::max(threads, lanes.blocks()));
    maker_.memory.take(blocks,
                       fmt::format("a batch of {} rows that is held as a whole needs {}",
                                   grouped(lanes.rows()), gigabytes(blocks)),
                       "lower `train.batch_size`, or make samples or layers smaller");
    return;
  }
  const double blocks = bench * static_cast<double>(threads);
  maker_.memory.take(blocks,
                     fmt::format("blocks of {} rows need {} on {}", grouped(lanes.tallest_block()),
                                 gigabytes(blocks), counted(threads, "thread")),
                     "lower `train.block_rows` or `threads`, or make samples or layers smaller");
}

void NetworkAssembly::make_update() {
  if (out_.network) choose();
  auto transforms = make_gradient_transforms();
  const train::RawGradientUse raw =
      transforms.empty() ? train::RawGradientUse() : raw_gradient_use();
  const auto made = maker_.shared<MadeOptimizer>("optimizer", maker_.of(draft_.optimizer),
                                                 [&] { return make_optimizer(); });
  if (!made) return;
  const Handle<Optimizer>* const optimizer = &made->optimizer;
  maker_.declare_state(Part("optimizer", draft_.optimizer), *optimizer, "optimizer");
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

std::optional<train::Tuning> NetworkAssembly::make_tuning() {
  train::Tuning tuning;
  tuning.frozen = out_.choice.frozen;
  const std::vector<double>& factors = out_.choice.factors;
  for (std::size_t i = 0; i < factors.size(); ++i) {
    tuning.group_of.push_back(0);
    if (factors[i] == 1 || !out_.choice.trains(i)) continue;
    auto group = std::ranges::find(tuning.groups, factors[i], &train::Tuning::Group::factor);
    if (group == tuning.groups.end()) {
      const auto optimizer = maker_.create<Optimizer>(draft_.optimizer, "optimizer");
      if (!optimizer) return std::nullopt;
      maker_.declare_state(Part("optimizer", draft_.optimizer), *optimizer,
                           fmt::format("optimizer_at/{}", plan::shortest(factors[i])));
      group = tuning.groups.insert(tuning.groups.end(), {*optimizer, factors[i]});
    }
    tuning.group_of.back() = static_cast<std::size_t>(group - tuning.groups.begin()) + 1;
  }
  return tuning;
}

void NetworkAssembly::read_initial_weights() {
  if (!draft_.init_from || !out_.network) return;
  state::Registry buffers;
  out_.state.lend(buffers);
  out_.initial = read_weights(*draft_.init_from, out_.network->description(),
                              out_.network->weights(), buffers, diagnostics_);
}

void NetworkAssembly::choose() {
  const train::ModelDescription& model = out_.network->description();
  out_.choice = choose_weights(draft_, model, diagnostics_);
  trained_bytes_ = static_cast<double>(trained_count(out_.choice, model)) * sizeof(float);
}

std::vector<train::PreparedTransform> NetworkAssembly::make_gradient_transforms() {
  std::vector<train::PreparedTransform> transforms;
  for (const auto& [name, component] : draft_.gradient_transforms) {
    const Part part("gradient_transforms." + name, component);
    auto transform = maker_.create<GradientTransform>(component, part.key);
    if (!transform) continue;
    maker_.declare_state(part, *transform, "gradient_transforms/" + name);
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

void NetworkAssembly::take_slots(const std::vector<train::DeclaredSlot>& slots,
                                 std::string_view advice) {
  const double bytes = trained_bytes_ * static_cast<double>(slots.size());
  maker_.memory.take(
      bytes, fmt::format("{} numbers for each parameter need {}", slots.size(), gigabytes(bytes)),
      advice);
}

void NetworkAssembly::take_sums(std::size_t sums) {
  if (!out_.network || sums <= most_sums_) return;
  const train::ParameterSlices slices(out_.network->description(), false, out_.choice.frozen);
  const double bytes = static_cast<double>(slices.size() * (sums - most_sums_)) * sizeof(double);
  maker_.memory.take(
      bytes,
      fmt::format("sums over {} need {}",
                  counted(static_cast<std::int64_t>(slices.size()), "slice"), gigabytes(bytes)),
      "make the layers narrower");
  most_sums_ = sums;
}

void NetworkAssembly::follow_schedules(const Part& part,
                                       const Handle<GradientTransform>& transform) {
  if (out_.steps == 0) return;
  blame_.attempt(part, [&] {
    for (const plugin_host::NamedRate& rate : plugin_host::rates(
             transform.object(), plugin_host::rate_options(*part.component, maker_.host))) {
      if (rate.is_constant()) continue;
      out_.courses.push_back(course_of(rate, out_.steps));
      out_.courses.back().name = base::joined(part.key, rate.name());
    }
  });
}

train::RawGradientUse NetworkAssembly::raw_gradient_use() {
  train::RawGradientUse use;
  for (const hooks::PreparedHook& hook : out_.hooks) {
    use.norm |= hook.reads(plan::TrainingValue::gradient_norm);
    if (!hook.raw_gradients || use.values) continue;
    use.values = blame_.attempt(hook_part(draft_, hook.name), [&] {
      maker_.memory.take(
          parameter_bytes_,
          fmt::format("the gradients before any transform need {}", gigabytes(parameter_bytes_)),
          "leave out this hook, or make the layers narrower");
    });
  }
  return use;
}

std::optional<MadeOptimizer> NetworkAssembly::make_optimizer() {
  auto optimizer = maker_.create<Optimizer>(draft_.optimizer, "optimizer");
  if (!optimizer) return std::nullopt;
  MadeOptimizer made{*std::move(optimizer), {}, {}, {}};
  made.slots = std::make_shared<std::optional<std::vector<train::DeclaredSlot>>>();
  follow_rates(made);
  return made;
}

void NetworkAssembly::follow_rates(MadeOptimizer& made) {
  if (out_.steps == 0) return;
  const auto options = plugin_host::rate_options(draft_.optimizer, maker_.host);
  blame_.attempt(Part("optimizer", draft_.optimizer), [&] {
    made.rates = plugin_host::rates(made.optimizer.object(), options);
    for (const plugin_host::NamedRate& rate : made.rates)
      made.courses.push_back(course_of(rate, out_.steps));
  });
  for (const RateCourse& course : made.courses)
    warn_of_zeros(draft_, *std::ranges::find(options, course.name, &plugin_host::RateOption::name),
                  course, out_.steps, maker_.host, diagnostics_);
}

void NetworkAssembly::prepare_loss() {
  if (!loss_ || *loss_->prepared) return;
  const auto counts = data::rows_by_class(*out_.splits.at("train"));
  *loss_->prepared = blame_.attempt(Part("loss", draft_.loss), [&] {
    loss_->loss.call([&](Loss& loss) { loss.prepare(counts); });
  });
}

void NetworkAssembly::fit() {
  if (!transforms_) return;
  const DataFiles files(draft_.dataset, maker_.host.parameters(Kind::dataset, draft_.dataset.type));
  experiment::fit({draft_, files, *transforms_, model_, *out_.splits.at("train")}, blame_);
}

}  // namespace assay::experiment
