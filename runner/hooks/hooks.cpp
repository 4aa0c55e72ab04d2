#include "runner/hooks/hooks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>
#include <variant>

#include "assay/error.h"
#include "assay/number_text.h"
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
    if (number < 0 || static_cast<std::size_t>(number) >= hook_.values.size())
      throw std::logic_error(fmt::format("value {} was not declared by plan()", number));
    return std::visit([this](const auto& value) { return read(value); },
                      hook_.values[static_cast<std::size_t>(number)].value);
  }

  void record(std::string_view tag, ContentType type, const void* content,
              std::size_t size) override {
    if (type == ContentType::scalar)
      return hooks_.log_.scalar(own(tag), step_, static_cast<const Scalar*>(content)->value);
    auto stored = copy(tag, type, content, size);
    hooks_.log_.record(own(tag), step_, std::move(stored));
  }

  void picture(std::string_view tag, const Renderer& renderer,
               std::span<const PictureFormat> files) override {
    const auto need = std::ranges::find(hook_.pictures, &renderer, &PictureNeed::renderer);
    if (need == hook_.pictures.end())
      throw std::logic_error("a picture of a renderer that plan() did not declare");
    picture::StoredSnapshot snapshot;
    snapshot.step = step_;
    snapshot.rows = hooks_.observed_.splits.at(need->split);
    snapshot.count = std::min(need->rows, snapshot.rows->count);
    if (need->outputs) {
      const std::int64_t columns = hooks_.observed_.network.description().outputs;
      const auto& outputs = hooks_.measured_.at(need->split).evaluation.outputs;
      snapshot.columns = columns;
      snapshot.outputs.assign(outputs.begin(), outputs.begin() + snapshot.count * columns);
    }
    hooks_.log_.picture(own(tag),
                        {need->handle, std::move(snapshot), {files.begin(), files.end()}});
  }

 private:
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

  double read(const plan::SplitValue& value) const {
    const Measured& measured = hooks_.measured_.at(value.split);
    const auto& metrics = measured.request.metrics;
    const auto place = std::ranges::find(metrics, hooks_.metric(value.metric)) - metrics.begin();
    return measured.evaluation.values.at(static_cast<std::size_t>(place));
  }
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
      throw Error(fmt::format("the tag '{}' is that of hooks.{}; another curve needs another one",
                              tag, *owner));
    return tag;
  }

  Hooks& hooks_;
  const PreparedHook& hook_;
  std::int64_t step_;
  std::int64_t epoch_;
  TrainingLoss loss_;
};

Hooks::Hooks(std::vector<PreparedHook> hooks, Observed observed, logging::Log& log,
             const RunLength& length, Report report)
    : observed_(std::move(observed)), log_(log), length_(length), report_(std::move(report)) {
  for (PreparedHook& hook : hooks) hooks_.push_back({std::move(hook), true});
}

std::optional<BadLoss> Hooks::fire(std::int64_t step, const TrainingLoss& loss) {
  due_.clear();
  for (Slot& slot : hooks_)
    if (slot.works && fires(slot.hook.trigger, step, length_)) due_.push_back(&slot);
  measure(step);
  for (Slot* slot : due_) run(*slot, step, loss);
  return bad_loss();
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
    slot.works = false;
    failures_.push_back(fmt::format("hooks.{} failed at step {} and is left out from now on: {}",
                                    slot.hook.name, grouped(step), error.message()));
    report_(failures_.back());
  }
}

void Hooks::measure(std::int64_t step) {
  measured_.clear();
  bool needs_gradient_norm = false;
  for (const Slot* slot : due_) {
    for (const ValueNeed& need : slot->hook.values) {
      const auto* training = std::get_if<plan::TrainingValue>(&need.value);
      needs_gradient_norm |= training != nullptr && *training == plan::TrainingValue::gradient_norm;
      const plan::SplitValue* value = need.of_split();
      if (value == nullptr) continue;
      auto& metrics = measured_[value->split].request.metrics;
      const std::size_t wanted = metric(value->metric);
      if (std::ranges::count(metrics, wanted) == 0) metrics.push_back(wanted);
    }
    for (const PictureNeed& need : slot->hook.pictures) {
      if (!need.outputs) continue;
      auto& keep = measured_[need.split].request.keep_rows;
      keep = std::max(keep, need.rows);
    }
  }
  for (auto& [split, measured] : measured_) {
    measured.evaluation =
        observed_.network.evaluate(*observed_.splits.at(split), measured.request, step);
    ++evaluations_;
  }
  if (needs_gradient_norm) gradient_norm_ = observed_.update.gradient_norm();
}

std::optional<BadLoss> Hooks::bad_loss() const {
  for (const auto& [split, measured] : measured_) {
    if (std::isfinite(measured.evaluation.loss)) continue;
    for (std::size_t i = 0; i < measured.request.metrics.size(); ++i)
      if (const double value = measured.evaluation.values[i]; !std::isfinite(value))
        return BadLoss{split + "." + observed_.metrics[measured.request.metrics[i]], split, value};
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
