#include "runner/hooks/hooks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>
#include <variant>

#include "assay/acts.h"
#include "assay/error.h"
#include "assay/number_text.h"
#include "assay/text.h"
#include "runner/base/utf8.h"
#include "runner/base/wording.h"
#include "runner/hooks/trigger.h"
#include "runner/logging/stored_content.h"
#include "runner/plan/tag.h"

namespace assay::hooks {

class Hooks::Context final : public HookContext {
 public:
  Context(Hooks& hooks, const PreparedHook& hook, std::int64_t step, std::int64_t epoch,
          const TrainingLoss& loss)
      : hooks_(hooks), hook_(hook), step_(step), epoch_(epoch), loss_(loss) {}

  std::int64_t step() const override { return step_; }
  std::int64_t epoch() const override { return epoch_; }

  double value(int number) override {
    const ValueNeed& need = declared(hook_.values, number, "value");
    if (need.of_split() != nullptr) return numbers(need)[0];
    return std::visit([this](const auto& value) { return read(value); }, need.value);
  }

  std::span<const double> values(int number) override {
    const ValueNeed& need = declared(hook_.values, number, "value");
    if (need.of_split() != nullptr) return numbers(need);
    single_ = value(number);
    return {&single_, 1};
  }

  RowsView rows(int number) override {
    const RowsNeed& need = declared(hook_.rows, number, "set of rows");
    const data::Rows& rows = *hooks_.observed_.splits.at(need.split);
    const std::int64_t count = std::min(need.rows, rows.count);
    return {samples(need.split, count), rows.targets().rows(0, count), outputs(need.split, count)};
  }

  std::span<const ParameterView> weights() override {
    return views(weights_, std::as_const(hooks_.observed_.network).weights());
  }

  std::span<const ParameterView> gradients() override {
    require_gradient(hook_.gradients, "gradients");
    return views(gradients_, hooks_.observed_.network.mean_gradient());
  }

  std::span<const ParameterView> raw_gradients() override {
    require_gradient(hook_.raw_gradients, "raw gradients");
    return views(raw_gradients_, hooks_.observed_.update.raw_gradient());
  }

  std::span<const BufferView> buffers() override {
    if (buffers_.empty())
      for (const state::NamedTensor& buffer : hooks_.observed_.buffers)
        buffers_.push_back({buffer.name, {buffer.bytes.data(), buffer.type, buffer.shape}});
    return buffers_;
  }

  void record(std::string_view tag, ContentType type, const void* content,
              std::size_t size) override {
    if (type == ContentType::scalar)
      return hooks_.log_.scalar(own(tag), step_, static_cast<const Scalar*>(content)->value);
    auto stored = copy(tag, type, content, size);
    hooks_.log_.record(own(tag), step_, std::move(stored));
  }

  void picture(std::string_view tag, const Renderer& renderer, std::span<const PictureFormat> files,
               MatrixView<const float> values) override {
    const auto need = std::ranges::find(hook_.pictures, &renderer, &PictureNeed::renderer);
    if (need == hook_.pictures.end())
      throw std::logic_error("a picture of a renderer that plan() did not declare");
    hooks_.log_.picture(
        own(tag), {need->handle, snapshot(need->needed, values), {files.begin(), files.end()}});
  }

 private:
  // Returns the outputs of the first rows of a split that was measured.
  MatrixView<const float> outputs(const std::string& split, std::int64_t count) const {
    const std::int64_t columns = hooks_.observed_.network.description().outputs;
    return {hooks_.measured_.at(split).evaluation.outputs.data(), count, columns, columns};
  }

  picture::StoredSnapshot snapshot(const RendererNeeded& needed,
                                   MatrixView<const float> values) const {
    picture::StoredSnapshot snapshot(step_, hooks_.observed_.splits.at("train"));
    for (const RowsNeed& need : needed.rows) {
      const auto& rows = hooks_.observed_.splits.at(need.split);
      const std::int64_t count = std::min(need.rows, rows->count);
      snapshot.add_rows(rows, count,
                        need.outputs ? outputs(need.split, count) : MatrixView<const float>{});
    }
    const train::Network& network = hooks_.observed_.network;
    for (const WeightsNeed& need : needed.weights) {
      const train::ParameterInfo& parameter = network.description().parameters[need.index];
      snapshot.add_weights(
          {parameter.name, parameter.shape, parameter.role, network.weights().values(need.index)});
    }
    if (needed.values) snapshot.set_values(values);
    return snapshot;
  }

  // Returns the first samples of a split that was measured, as the model got them.
  MatrixView<const float> samples(const std::string& split, std::int64_t count) const {
    const train::Network& network = hooks_.observed_.network;
    if (network.transforms().empty())
      return hooks_.observed_.splits.at(split)->samples().slice(0, count);
    const std::int64_t columns = network.description().sample.elements();
    return {hooks_.measured_.at(split).evaluation.samples.data(), count, columns, columns};
  }

  std::unique_ptr<logging::StoredContent> copy(std::string_view tag, ContentType type,
                                               const void* content, std::size_t size) const {
    try {
      return std::make_unique<logging::StoredContent>(
          type, content, size, [this](std::string_view text) { return hook_.hook.masked(text); });
    } catch (const Error& error) {
      throw Error(fmt::format("the record of the tag {} cannot be logged: {}",
                              base::quoted(base::one_line(tag)), error.what()));
    }
  }

  void require_gradient(bool declared, const char* what) const {
    if (!declared) throw std::logic_error(fmt::format("the {} were not declared by plan()", what));
    if (step_ == 0) throw Error("there is no gradient at step 0, before the first batch");
  }

  template <class Need>
  static const Need& declared(const std::vector<Need>& needs, int number, const char* what) {
    if (number < 0 || static_cast<std::size_t>(number) >= needs.size())
      throw std::logic_error(fmt::format("{} {} was not declared by plan()", what, number));
    return needs[static_cast<std::size_t>(number)];
  }

  // Returns the numbers of a result over a split.
  std::span<const double> numbers(const ValueNeed& need) const {
    const plan::SplitValue& value = *need.of_split();
    const Measured& measured = hooks_.measured_.at(value.split);
    const auto& metrics = measured.request.metrics;
    const auto place = std::ranges::find(metrics, hooks_.metric(value.metric)) - metrics.begin();
    return std::span(measured.evaluation.values.at(static_cast<std::size_t>(place)))
        .subspan(need.first, need.size);
  }

  std::span<const ParameterView> views(std::vector<ParameterView>& made,
                                       const state::ParameterMemory& memory) const {
    const auto& parameters = hooks_.observed_.network.description().parameters;
    if (made.empty())
      for (std::size_t i = 0; i < parameters.size(); ++i)
        made.push_back(
            {parameters[i].name, parameters[i].shape, parameters[i].role, memory.values(i)});
    return made;
  }

  static double read(const plan::SplitValue& /*value*/) { throw std::logic_error("no such value"); }
  double read(plan::TrainingValue value) const {
    switch (value) {
      case plan::TrainingValue::batch_loss: return loss_.batch;
      case plan::TrainingValue::gradient_norm: return hooks_.gradient_norm_;
      case plan::TrainingValue::epoch_loss: break;
    }
    return loss_.epoch;
  }
  double read(const plan::RateValue& value) const { return hooks_.rate(value.rate).at(step_ - 1); }
  // Demand reports such names before training.
  static double read(plan::UnknownValue /*value*/) { throw std::logic_error("no such value"); }

  // Returns the expanded tag, which no other hook uses.
  std::string own(std::string_view written) const {
    std::string tag = plan::Tag(hook_.hook.masked(written)).at(step_, epoch_);
    const std::string* owner = hooks_.owners_.find(tag);
    if (owner == nullptr) {
      if (const std::string problem = plan::problem_with_tag(tag); !problem.empty())
        throw Error(problem);
      owner = &hooks_.owners_.claim(tag, hook_.name);
    }
    if (*owner != hook_.name)
      throw Error(fmt::format("the tag '{}' belongs to hooks.{}; another curve needs another tag",
                              tag, *owner));
    return tag;
  }

  Hooks& hooks_;
  const PreparedHook& hook_;
  std::int64_t step_;
  std::int64_t epoch_;
  TrainingLoss loss_;
  double single_ = 0;
  std::vector<ParameterView> weights_, gradients_, raw_gradients_;
  std::vector<BufferView> buffers_;
};

// Carries out what one hook does to the run.
class Hooks::Acting final : public Actions {
 public:
  Acting(Hooks& hooks, const PreparedHook& hook) : hooks_(hooks), hook_(hook) {}

  void stop(std::string_view reason) override {
    const std::string text = hook_.hook.masked(reason);
    if (text.empty() || !is_line(text))
      throw Error("the reason to stop must be one line of text, and not empty");
    if (!hooks_.stop_reason_) hooks_.stop_reason_ = fmt::format("hooks.{}: {}", hook_.name, text);
  }
  void save(std::string_view name) override { control().save(std::string(name)); }
  void restore(std::string_view name) override { control().restore(std::string(name)); }
  void set_rate_factor(double factor) override {
    if (!std::isfinite(factor) || factor < 0)
      throw Error(fmt::format(
          "the factor of the rates would be {}; expected 0 or a positive number", factor));
    control().set_rate_factor(hook_.name, factor);
  }

 private:
  Control& control() const {
    if (hooks_.control_ == nullptr) throw std::logic_error("nothing here carries out actions");
    return *hooks_.control_;
  }

  Hooks& hooks_;
  const PreparedHook& hook_;
};

Hooks::Hooks(std::vector<PreparedHook> hooks, Observed observed, logging::Log& log,
             const RunLength& length, Report report, Control* control)
    : observed_(std::move(observed)),
      log_(log),
      length_(length),
      report_(std::move(report)),
      control_(control) {
  for (PreparedHook& hook : hooks) hooks_.push_back({std::move(hook), true});
}

std::optional<BadLoss> Hooks::fire(std::int64_t step, const TrainingLoss& loss,
                                   const std::function<void()>& before_end) {
  due_.clear();
  measured_.clear();
  for (Slot& slot : hooks_)
    if (slot.works && fires(slot.hook.trigger, step, length_) && !is_for_end_only(slot, step))
      due_.push_back(&slot);
  measure(step);
  watched_value_ = find_watched(step, loss);
  run_due(step, loss);
  const bool acted = act_if_due(step);
  auto bad = bad_loss();
  if (step == length_.steps) {
    if (before_end) before_end();
    if (acted) measured_.clear();  // the weights may have changed
    due_.clear();
    for (Slot& slot : hooks_)
      if (slot.works && is_for_end_only(slot, step)) due_.push_back(&slot);
    run_due(step, loss);
    act_if_due(step);
    if (!bad) bad = bad_loss();
  } else if (stop_reason_) {
    fire_after_stop(step, loss);
  }
  return bad;
}

bool Hooks::acts_at_end() const {
  return std::ranges::any_of(hooks_, [](const Slot& slot) {
    return slot.hook.trigger.at_end && slot.hook.hook.has<Acts>();
  });
}

// Returns true for a hook that is due after this step because it is the last one of the run.
bool Hooks::is_for_end_only(const Slot& slot, std::int64_t step) const {
  if (step != length_.steps || !slot.hook.trigger.at_end) return false;
  plan::Trigger otherwise = slot.hook.trigger;
  otherwise.at_end = false;
  return !fires(otherwise, step, length_);
}

void Hooks::run_due(std::int64_t step, const TrainingLoss& loss) {
  measure(step);
  for (Slot* slot : due_) run(*slot, step, loss);
}

// Returns true if a hook that can act was due.
bool Hooks::act_if_due(std::int64_t step) {
  bool acted = false;
  for (Slot* slot : due_)
    if (slot->works && slot->hook.hook.has<Acts>()) {
      act(*slot, step);
      acted = true;
    }
  return acted;
}

// Runs the hooks for the end of a run that ends early, except those that this step ran already.
void Hooks::fire_after_stop(std::int64_t step, const TrainingLoss& loss) {
  due_.clear();
  measured_.clear();
  for (Slot& slot : hooks_)
    if (slot.works && slot.hook.trigger.at_end && !fires(slot.hook.trigger, step, length_))
      due_.push_back(&slot);
  run_due(step, loss);
}

std::map<std::string, std::string> Hooks::owners() const {
  const auto& hooks = owners_.hooks();
  return {hooks.begin(), hooks.end()};
}

void Hooks::restore_owners(const std::map<std::string, std::string>& owners) {
  for (const auto& [tag, name] : owners)
    for (const Slot& slot : hooks_)
      if (slot.hook.name == name) owners_.claim(tag, name);
}

void Hooks::run(Slot& slot, std::int64_t step, const TrainingLoss& loss) {
  Context context(*this, slot.hook, step, epoch_of(step, length_.steps_per_epoch), loss);
  try {
    slot.hook.hook.call([&](Hook& h) { h.run(context); });
  } catch (const plugin_host::ComponentError& error) {
    fail(slot, step, error.message());
  }
}

void Hooks::act(Slot& slot, std::int64_t step) {
  Acting acting(*this, slot.hook);
  try {
    slot.hook.hook.call_facet<Acts>([&](Acts& acts) { acts.act(acting); });
  } catch (const plugin_host::ComponentError& error) {
    fail(slot, step, error.message());
  }
}

void Hooks::fail(Slot& slot, std::int64_t step, const std::string& message) {
  slot.works = false;
  failures_.push_back(fmt::format("hooks.{} failed at step {} and is left out from now on: {}",
                                  slot.hook.name, grouped(step), message));
  report_(failures_.back());
}

// Evaluates what the due hooks need, unless this step did so before.
void Hooks::measure(std::int64_t step) {
  for (auto& [split, request] : requests()) {
    const auto known = measured_.find(split);
    if (known != measured_.end()) {
      const train::EvaluationRequest& had = known->second.request;
      const bool has_metrics = std::ranges::all_of(request.metrics, [&had](std::size_t metric) {
        return std::ranges::count(had.metrics, metric) > 0;
      });
      if (has_metrics && request.keep_rows <= had.keep_rows &&
          request.keep_samples <= had.keep_samples)
        continue;
    }
    Measured& measured = measured_[split];
    measured.request = std::move(request);
    measured.evaluation =
        observed_.network.evaluate(*observed_.splits.at(split), measured.request, step);
    ++evaluations_;
  }
  const auto reads_norm = [](const Slot* slot) {
    return slot->hook.reads(plan::TrainingValue::gradient_norm);
  };
  if (std::ranges::any_of(due_, reads_norm)) gradient_norm_ = observed_.update.gradient_norm();
}

// Returns what the due hooks need of each split.
std::map<std::string, train::EvaluationRequest> Hooks::requests() const {
  std::map<std::string, train::EvaluationRequest> requests;
  for (const Slot* slot : due_) {
    for (const ValueNeed& need : slot->hook.values) {
      const plan::SplitValue* value = need.of_split();
      if (value == nullptr) continue;
      auto& metrics = requests[value->split].metrics;
      const std::size_t wanted = metric(value->metric);
      if (std::ranges::count(metrics, wanted) == 0) metrics.push_back(wanted);
    }
    const auto keep = [&requests](const std::string& split, std::int64_t rows) {
      auto& kept = requests[split].keep_rows;
      kept = std::max(kept, rows);
    };
    for (const PictureNeed& picture : slot->hook.pictures)
      for (const RowsNeed& need : picture.needed.rows)
        if (need.outputs) keep(need.split, need.rows);
    for (const RowsNeed& need : slot->hook.rows) {
      keep(need.split, need.rows);
      auto& samples = requests[need.split].keep_samples;
      samples = std::max(samples, need.rows);
    }
  }
  return requests;
}

std::optional<double> Hooks::find_watched(std::int64_t step, const TrainingLoss& loss) {
  if (!observed_.watched) return std::nullopt;
  for (const Slot* slot : due_)
    for (std::size_t i = 0; i < slot->hook.values.size(); ++i) {
      const ValueNeed& need = slot->hook.values[i];
      if (need.value != *observed_.watched || need.size != 1) continue;
      Context context(*this, slot->hook, step, epoch_of(step, length_.steps_per_epoch), loss);
      return context.value(static_cast<int>(i));
    }
  return std::nullopt;
}

std::optional<BadLoss> Hooks::bad_loss() const {
  for (const auto& [split, measured] : measured_) {
    if (std::isfinite(measured.evaluation.loss)) continue;
    for (std::size_t i = 0; i < measured.request.metrics.size(); ++i)
      for (const double value : measured.evaluation.values[i])
        if (!std::isfinite(value))
          return BadLoss{split + "." + observed_.metrics[measured.request.metrics[i]], split,
                         value};
  }
  return std::nullopt;
}

std::size_t Hooks::metric(const std::string& name) const {
  const auto found = std::ranges::find(observed_.metrics, name);
  return static_cast<std::size_t>(found - observed_.metrics.begin());
}

const plugin_host::NamedRate& Hooks::rate(const std::string& name) const {
  const auto found =
      std::ranges::find(observed_.rates, name, [](const auto& rate) { return rate.name(); });
  if (found == observed_.rates.end())
    throw Error(fmt::format("the optimizer does not use its option '{}'", name));
  return *found;
}

}  // namespace assay::hooks
