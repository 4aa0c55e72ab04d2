#include "runner/plan/value_name.h"

#include <fmt/format.h>

#include "runner/base/utf8.h"

namespace assay::plan {
namespace {

constexpr std::string_view batch = training_owners[0], epoch = training_owners[1],
                           optimizer = training_owners[2];

struct Known {
  std::string_view owner, name;
  TrainingValue value;
};
constexpr std::array<Known, 3> all_known = {{
    {batch, "loss", TrainingValue::batch_loss},
    {batch, "gradient_norm", TrainingValue::gradient_norm},
    {epoch, "loss", TrainingValue::epoch_loss},
}};

}  // namespace

std::optional<ValueName> ValueName::parse(std::string_view text) {
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos || dot == 0 || dot + 1 == text.size()) return std::nullopt;
  return ValueName(text, dot);
}

ReadableValue ValueName::value() const {
  for (const Known& known : all_known)
    if (known.owner == owner() && known.name == name()) return known.value;
  if (owner() == optimizer) return RateValue{std::string(name())};
  if (owner() == batch || owner() == epoch) return UnknownValue{};
  return SplitValue{std::string(owner()), std::string(name()), {}};
}

std::string no_value(std::string_view text) {
  return fmt::format(
      "'{}' is not a value: expected SPLIT.METRIC, for instance test.loss, or batch.loss, "
      "epoch.loss, "
      "optimizer.learning_rate",
      base::one_line(text));
}

std::vector<std::string> training_values(std::string_view owner) {
  std::vector<std::string> names;
  for (const Known& known : all_known)
    if (known.owner == owner) names.emplace_back(known.name);
  return names;
}

std::string training_value_called(std::string_view name) {
  for (const Known& known : all_known)
    if (known.name == name) return std::string(known.owner) + "." + std::string(name);
  return {};
}

std::string text_of(const RateValue& value) { return std::string(optimizer) + "." + value.rate; }

}  // namespace assay::plan
