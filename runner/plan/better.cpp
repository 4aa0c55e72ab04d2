#include "runner/plan/better.h"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

#include "runner/plan/value_name.h"

namespace assay::plan {
namespace {

using Mode = BestPlan::Mode;

// Metrics by their usual names, those of scikit-learn and Keras among them.
constexpr std::array<std::pair<std::string_view, Mode>, 24> usual = {{
    {"accuracy", Mode::max},
    {"auc", Mode::max},
    {"average_precision", Mode::max},
    {"balanced_accuracy", Mode::max},
    {"bleu", Mode::max},
    {"brier", Mode::min},
    {"cross_entropy", Mode::min},
    {"dice", Mode::max},
    {"error", Mode::min},
    {"error_rate", Mode::min},
    {"f1", Mode::max},
    {"iou", Mode::max},
    {"log_loss", Mode::min},
    {"loss", Mode::min},
    {"mae", Mode::min},
    {"map", Mode::max},
    {"mse", Mode::min},
    {"perplexity", Mode::min},
    {"precision", Mode::max},
    {"r2", Mode::max},
    {"recall", Mode::max},
    {"rmse", Mode::min},
    {"roc_auc", Mode::max},
    {"top_k_accuracy", Mode::max},
}};

std::optional<Mode> usual_mode(std::string_view name) {
  const auto found = std::ranges::find(usual, name, &std::pair<std::string_view, Mode>::first);
  return found == usual.end() ? std::nullopt : std::optional(found->second);
}

// The part of a metric's name behind its last dot may be a result of the metric: "confusion.f1".
std::optional<Mode> mode_of(const Content& plan, const SplitValue& value) {
  const auto metric = std::ranges::find(plan.metrics, value.metric, &NamedComponent::name);
  if (metric != plan.metrics.end())
    if (const auto mode = usual_mode(metric->component.type)) return mode;
  const std::size_t dot = value.metric.rfind('.');
  return usual_mode(std::string_view(value.metric).substr(dot == value.metric.npos ? 0 : dot + 1));
}

}  // namespace

std::optional<Mode> better(const Content& plan, std::string_view value) {
  if (plan.checkpoints.best && plan.checkpoints.best->value == value)
    return plan.checkpoints.best->mode;
  const auto name = ValueName::parse(value);
  if (!name) return std::nullopt;
  const ReadableValue readable = name->value();
  if (const auto* of_split = std::get_if<SplitValue>(&readable)) return mode_of(plan, *of_split);
  const auto* of_training = std::get_if<TrainingValue>(&readable);
  if (of_training == nullptr || *of_training == TrainingValue::gradient_norm) return std::nullopt;
  return Mode::min;
}

std::string_view name_of(Mode mode) { return mode == Mode::min ? "min" : "max"; }

std::optional<Mode> mode_called(std::string_view name) {
  for (const Mode mode : {Mode::min, Mode::max})
    if (name == name_of(mode)) return mode;
  return std::nullopt;
}

}  // namespace assay::plan
