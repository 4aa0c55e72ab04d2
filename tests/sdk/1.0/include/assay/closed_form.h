// Helps an optimizer's own test: compares its updates with the formula that they should follow.
// `assay plugins check` cannot know that formula. The author states it, in float64:
//
//   #include <numeric>
//
//   #include "assay/closed_form.h"
//   #include "descent.cpp"  // the plugin
//
//   int main() {
//     const double rate = 0.1;
//     return assay::closed_form::follows<Descent>(
//         {.learning_rate = rate}, [&](double x, std::span<const double> gradients) {
//           return x - rate * std::accumulate(gradients.begin(), gradients.end(), 0.0);
//         });
//   }
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <functional>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include "assay/host.h"
#include "assay/optimizer.h"
#include "assay/options.h"
#include "assay/state.h"

namespace assay::closed_form {

/// Returns the value of weight x after one update for each of these gradients.
using Formula = std::function<double(double x, std::span<const double> gradients)>;

/// The number of weights that deviation() updates.
inline constexpr std::size_t weights = 40;

/// Updates these weights fifty times in slices of `slice` elements; each weight has its own
/// gradients. Returns the greatest difference between a weight and the formula after any update,
/// divided by the larger of 1 and the formula's value; infinity for NaN. The optimizer must be new.
inline double deviation(Optimizer& optimizer, const Formula& formula, std::size_t slice) {
  static constexpr std::size_t updates = 50;
  struct Memory final : Slots {
    std::vector<std::vector<float>> slots;
    int slot(std::string_view, float initial) override {
      slots.emplace_back(weights, initial);
      return static_cast<int>(slots.size()) - 1;
    }
  } memory;
  struct Remembered final : State {
    std::deque<std::vector<std::max_align_t>> memory;
    double& number(std::string_view name, double initial) override {
      return *static_cast<double*>(tensor(name, DType::float64, {}).data) = initial;
    }
    std::int64_t& integer(std::string_view name, std::int64_t initial) override {
      return *static_cast<std::int64_t*>(tensor(name, DType::int64, {}).data) = initial;
    }
    TensorView tensor(std::string_view, DType dtype, const Shape& shape) override {
      const std::size_t bytes = size_of(dtype) * static_cast<std::size_t>(shape.elements());
      return {memory.emplace_back(bytes / sizeof(std::max_align_t) + 1).data(), dtype, shape};
    }
  } remembered;
  if (auto* const stateful = dynamic_cast<Stateful*>(&optimizer))
    stateful->declare_state(remembered);
  optimizer.declare(memory);

  // Returns numbers from -1 to 1; some gradients are zero.
  const auto number = [](std::size_t weight, std::size_t update) {
    return static_cast<float>(std::sin(static_cast<double>((weight * 7 + 1) * (update + 3))));
  };
  std::vector<float> values(weights), gradient(weights);
  std::vector<std::vector<double>> gradients(weights);
  for (std::size_t i = 0; i < weights; ++i) values[i] = 2 * number(i, updates);
  const std::vector<float> start = values;

  double worst = 0;
  for (std::size_t update = 0; update < updates; ++update) {
    for (std::size_t i = 0; i < weights; ++i) {
      gradient[i] = (i + update) % 11 == 0 ? 0 : number(i, update);
      gradients[i].push_back(double{gradient[i]});
    }
    optimizer.begin_step(static_cast<std::int64_t>(update));
    for (std::size_t first = 0; first < weights; first += slice) {
      const std::size_t count = std::min(slice, weights - first);
      std::vector<float*> slots;
      for (std::vector<float>& slot : memory.slots) slots.push_back(slot.data() + first);
      optimizer.update({"kernel",
                        {static_cast<std::int64_t>(weights)},
                        Role::kernel,
                        static_cast<std::int64_t>(first),
                        std::span(values).subspan(first, count),
                        std::span(gradient).subspan(first, count),
                        slots});
    }
    for (std::size_t i = 0; i < weights; ++i) {
      const double expected = formula(double{start[i]}, gradients[i]);
      const double off = std::abs(double{values[i]} - expected) / std::max(1.0, std::abs(expected));
      worst = off <= worst ? worst : std::isnan(off) ? HUGE_VAL : off;
    }
  }
  return worst;
}

/// Makes an optimizer from options without a config. Schedules and other components that a config
/// may name as its options are not available.
template <class T, class Options>
T made(const Options& options) {
  struct Generic final : Host {
    InstructionSet instruction_set() const override { return InstructionSet::generic; }
  };
  static const Generic host;
  if constexpr (std::is_constructible_v<T, const Options&, const Host&>) return T(options, host);
  else return T(options);
}

/// Compares new optimizers of class T with the formula in slices of 1, 7 and all elements (only all
/// elements where T is not elementwise()) and prints the greatest deviation(). Returns the exit
/// code of a program: 0 if the deviation is within the tolerance, which suits float32, and 1
/// otherwise.
template <class T>
int follows(const typename T::Options& options, const Formula& formula, double tolerance = 1e-5) {
  double worst = 0;
  for (const std::size_t slice : {std::size_t{1}, std::size_t{7}, weights}) {
    T optimizer = made<T>(options);
    if (slice < weights && !optimizer.elementwise()) continue;
    worst = std::max(worst, deviation(optimizer, formula, slice));
  }
  std::printf("%s: off its formula by %.1e (%.0e is allowed)\n", T::about.name, worst, tolerance);
  return worst <= tolerance ? 0 : 1;
}

}  // namespace assay::closed_form
