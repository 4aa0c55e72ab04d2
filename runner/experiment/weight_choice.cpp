#include "runner/experiment/weight_choice.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "assay/number_text.h"
#include "runner/base/pattern.h"
#include "runner/base/suggest.h"
#include "runner/base/wording.h"

namespace assay::experiment {
namespace {

std::vector<std::string> names_of(const train::ModelDescription& model) {
  std::vector<std::string> names;
  for (const train::ParameterInfo& parameter : model.parameters) names.push_back(parameter.name);
  return names;
}

class Choosing {
 public:
  Choosing(const train::ModelDescription& model, config::Diagnostics& diagnostics)
      : names_(names_of(model)), diagnostics_(diagnostics) {}

  WeightChoice choice;

  void freeze(const plan::WeightPattern& pattern, const std::string& key) {
    for (const std::size_t parameter : fitting(pattern, key)) {
      choice.frozen.resize(names_.size());
      choice.frozen[parameter] = true;
    }
  }

  void set_factor(const plan::RatePlan& rate, const std::string& key) {
    const std::vector<std::size_t> parameters = fitting(rate.weights, key);
    for (const std::size_t parameter : parameters) {
      choice.factors.resize(names_.size(), 1.0);
      choice.factors[parameter] = rate.factor;
    }
    if (!parameters.empty() &&
        std::ranges::none_of(parameters, [&](std::size_t p) { return choice.trains(p); }))
      diagnostics_.warning(
          rate.weights.where, key,
          fmt::format("all weights called {} are frozen, so no rate counts for them",
                      base::quoted(rate.weights.text)));
  }

 private:
  // Returns the parameters whose names fit the pattern.
  std::vector<std::size_t> fitting(const plan::WeightPattern& pattern, const std::string& key) {
    std::vector<std::size_t> parameters;
    for (std::size_t i = 0; i < names_.size(); ++i)
      if (base::match(pattern.text, names_[i])) parameters.push_back(i);
    if (parameters.empty())
      diagnostics_.error(
          pattern.where, key,
          fmt::format("the model has no weights called {}", base::quoted(pattern.text)),
          base::hint_of(base::suggest(pattern.text, names_),
                        "it has: " + base::listed(names_)));
    return parameters;
  }

  std::vector<std::string> names_;
  config::Diagnostics& diagnostics_;
};

}  // namespace

WeightChoice choose_weights(const plan::Content& plan, const train::ModelDescription& model,
                            config::Diagnostics& diagnostics) {
  Choosing choosing(model, diagnostics);
  for (std::size_t i = 0; i < plan.freeze.size(); ++i)
    choosing.freeze(plan.freeze[i], fmt::format("optimizer.freeze.{}", i));
  const auto& frozen = choosing.choice.frozen;
  if (!frozen.empty() && std::ranges::count(frozen, false) == 0)
    diagnostics.error(plan.freeze.front().where, "optimizer.freeze",
                      "this freezes all weights of the model, so nothing is left to train");
  for (std::size_t i = 0; i < plan.rates.size(); ++i)
    choosing.set_factor(plan.rates[i], fmt::format("optimizer.rates.{}.weights", i));
  return std::move(choosing.choice);
}

std::int64_t trained_count(const WeightChoice& choice, const train::ModelDescription& model) {
  std::int64_t count = 0;
  for (std::size_t i = 0; i < model.parameters.size(); ++i)
    if (choice.trains(i)) count += model.parameters[i].shape.elements();
  return count;
}

std::vector<std::string> choice_lines(const WeightChoice& choice,
                                      const train::ModelDescription& model) {
  std::vector<std::string> frozen;
  std::map<double, std::vector<std::string>> by_factor;
  for (std::size_t i = 0; i < model.parameters.size(); ++i)
    if (!choice.trains(i)) frozen.push_back(model.parameters[i].name);
    else if (choice.factor(i) != 1) by_factor[choice.factor(i)].push_back(model.parameters[i].name);
  std::vector<std::string> lines;
  if (!frozen.empty())
    lines.push_back(fmt::format("{} of {} weights are trained; frozen: {}",
                                grouped(trained_count(choice, model)),
                                grouped(model.parameter_count()), base::listed(frozen)));
  for (const auto& [factor, names] : by_factor)
    lines.push_back(fmt::format("{:g} times the learning rate: {}", factor, base::listed(names)));
  return lines;
}

}  // namespace assay::experiment
