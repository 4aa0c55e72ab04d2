#include "assay/optimizer.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "assay/number_text.h"
#include "runner/conformance/neutral.h"
#include "runner/conformance/neutral_parameters.h"
#include "runner/conformance/suites.h"
#include "runner/state/component_state.h"
#include "runner/train/declared_slots.h"

namespace assay::conformance {
namespace {

class Run {
 public:
  explicit Run(const Subject& subject, const NeutralParameters& of = parameters())
      : parameters_(of), optimizer_(subject.make<Optimizer>()) {
    state.declare(optimizer_.object(), "optimizer");
    memory = step_memory(parameters_, train::declared_slots(optimizer_));
    elementwise_ = optimizer_.call([](const Optimizer& o) { return o.elementwise(); });
  }

  bool elementwise() const { return elementwise_; }

  /// Runs an update in slices of `size` elements (0: whole parameters).
  void step(const Gradients& gradients, std::size_t size, bool backwards = false, int threads = 1) {
    optimizer_.call([&](Optimizer& o) { o.begin_step(memory.count); });
    std::vector<Piece> slices = cut(parameters_, size);
    if (backwards) std::ranges::reverse(slices);
    at_once(threads, [&](int thread) {
      for (auto k = static_cast<std::size_t>(thread); k < slices.size();
           k += static_cast<std::size_t>(threads))
        update(slices[k], gradients[slices[k].parameter]);
    });
    ++memory.count;
  }

  StepMemory memory;
  state::ComponentState state;

 private:
  // Updates a slice in separate guarded memory, so that a write beyond it is detected.
  void update(const Piece& of, const std::vector<float>& gradient) {
    const auto [parameter, offset, count] = of;
    std::vector<float>& weights = memory.weights[parameter];
    const Lent values = lend(weights, of), lent_gradient = lend(gradient, of);
    std::vector<Lent> slots;
    std::vector<float*> pointers;
    for (auto& slot : memory.slots[parameter])
      pointers.push_back(slots.emplace_back(lend(slot, of)).as<float>().data());
    const UpdateSlice slice{parameters_[parameter].name,
                            parameters_[parameter].shape,
                            parameters_[parameter].role,
                            static_cast<std::int64_t>(offset),
                            values.as<float>(),
                            lent_gradient.as<float>(),
                            pointers};
    optimizer_.call([&](const Optimizer& o) { o.update(slice); });
    const auto take = [first = offset, n = count](const Lent& from, std::vector<float>& to,
                                                  const char* what) {
      require(from.intact(), "it writes beyond a slice of {} elements of {}", grouped(n), what);
      std::ranges::copy(from.as<float>(), to.begin() + static_cast<std::ptrdiff_t>(first));
    };
    require(same_bits(lent_gradient.as<float>(), std::span(gradient).subspan(offset, count)),
            "it changes the gradient that it reads");
    take(values, weights, parameters_[parameter].name);
    for (std::size_t i = 0; i < slots.size(); ++i)
      take(slots[i], memory.slots[parameter][i], "a slot");
  }

  NeutralParameters parameters_;
  plugin_host::Handle<Optimizer> optimizer_;
  bool elementwise_ = true;
};

void require_finite(const StepMemory& memory, const char* when) {
  for (std::size_t i = 0; i < memory.weights.size(); ++i)
    for (const float w : memory.weights[i])
      require(std::isfinite(w), "{} {} holds {} after {} updates", when, parameters()[i].name, w,
              memory.count);
}

std::string moves(const Subject& subject) {
  Run run(subject);
  const StepMemory before = run.memory;
  for (std::uint64_t step = 0; step < 10; ++step) run.step(gradients(step), 0);
  require_finite(run.memory, "with random gradients");
  require(run.memory.weights != before.weights, "ten updates change nothing");
  return fmt::format("{} slots, {} bytes of state, {}", before.slots[0].size(), run.state.bytes(),
                     run.elementwise() ? "by element" : "whole parameters");
}

std::string slices(const Subject& subject) {
  Run whole(subject);
  if (!whole.elementwise()) throw NotRun("it takes whole parameters (elementwise() is false)");
  for (std::uint64_t step = 0; step < 5; ++step) whole.step(gradients(step), 0);
  double worst = 0;
  for (const std::size_t size : {1U, 3U, 8U, 17U, 64U, 152U}) {
    Run cut(subject);
    for (std::uint64_t step = 0; step < 5; ++step) cut.step(gradients(step), size);
    for (std::size_t i = 0; i < parameters().size(); ++i) {
      const double off = deviation(cut.memory.weights[i], whole.memory.weights[i]);
      require(off <= 1e-6,
              "in slices of {} elements {} differs by {:.1e} of its largest element; elements "
              "must not depend on each other, or elementwise() must be false",
              size, parameters()[i].name, off);
      worst = std::max(worst, off);
    }
  }
  return fmt::format("off by {:.1e}", worst);
}

std::string order(const Subject& subject) {
  Run forwards(subject), backwards(subject);
  const std::size_t size = forwards.elementwise() ? 4 : 0;
  for (std::uint64_t step = 0; step < 5; ++step) {
    forwards.step(gradients(step), size);
    backwards.step(gradients(step), size, true, 4);
  }
  for (std::size_t i = 0; i < parameters().size(); ++i)
    require(same_bits(forwards.memory.weights[i], backwards.memory.weights[i]),
            "{} depends on the order of the slices; expected update() to change what it is handed "
            "and nothing else",
            parameters()[i].name);
  return {};
}

// Uses slices that take a while, so that several threads are in update() at once.
std::string threads(const Subject& subject) {
  const NeutralParameters& large = large_parameters();
  Run alone(subject, large), together(subject, large);
  const std::size_t size = alone.elementwise() ? 8192 : 0;
  for (std::uint64_t step = 0; step < 10; ++step) {
    const Gradients of_step = gradients(step, large);
    alone.step(of_step, size);
    together.step(of_step, size, false, 4);
  }
  for (std::size_t i = 0; i < large.size(); ++i)
    require(same_bits(alone.memory.weights[i], together.memory.weights[i]),
            "{} comes out otherwise when several threads are in update(); what it writes must be "
            "the slice's or the thread's own: no member, no static variable",
            large[i].name);
  return {};
}

// Simulates a resumed run: a new component with the memory of the old one.
std::string state(const Subject& subject) {
  constexpr std::uint64_t half = 40;
  Run whole(subject);
  for (std::uint64_t step = 0; step < half; ++step) whole.step(gradients(step), 0);
  Run resumed(subject);
  resumed.memory = whole.memory;
  resumed.state.assign(whole.state);
  for (std::uint64_t step = half; step < 2 * half; ++step) {
    whole.step(gradients(step), 0);
    resumed.step(gradients(step), 0);
  }
  for (std::size_t i = 0; i < parameters().size(); ++i)
    require(same_bits(whole.memory.weights[i], resumed.memory.weights[i]),
            "{} goes on differently in a new component with the saved state (off by {:.1e}); what "
            "must be remembered belongs into slots or into state (facet Stateful)",
            parameters()[i].name, deviation(resumed.memory.weights[i], whole.memory.weights[i]));
  return {};
}

std::string zero_gradients(const Subject& subject) {
  Run run(subject);
  for (int step = 0; step < 5; ++step) run.step(zeros(), 0);
  require_finite(run.memory, "with gradients of zero");
  return {};
}

// Uses loss = sum a (x - c)^2 / 2 with a from 0.5 to 1.5. The minimum is alternately at 0 and at
// twice the start, so an optimizer cannot get there without the gradients.
std::string descends(const Subject& subject) {
  Run run(subject);
  const auto start = run.memory.weights;
  const auto curvature = [](std::size_t k) { return 0.5 + static_cast<double>(k % 5) / 4; };
  const auto distance = [&](std::size_t i, std::size_t k) {
    const double minimum = k % 2 == 0 ? 0 : 2 * double{start[i][k]};
    return double{run.memory.weights[i][k]} - minimum;
  };
  const auto loss = [&] {
    double sum = 0;
    for (std::size_t i = 0; i < start.size(); ++i)
      for (std::size_t k = 0; k < start[i].size(); ++k)
        sum += curvature(k) * distance(i, k) * distance(i, k) / 2;
    return sum;
  };
  const double before = loss();
  for (int step = 0; step < 100; ++step) {
    Gradients slope = start;
    for (std::size_t i = 0; i < start.size(); ++i)
      for (std::size_t k = 0; k < start[i].size(); ++k)
        slope[i][k] = static_cast<float>(curvature(k) * distance(i, k));
    run.step(slope, 0);
  }
  const double after = loss();
  require(after < before, "100 updates take a quadratic bowl from {:.4g} to {:.4g}", before, after);
  return fmt::format("from {:.4g} to {:.4g} in 100 updates", before, after);
}

}  // namespace

Suite optimizer_suite(const Subject& subject) {
  return {
      {"moves the weights", [subject] { return moves(subject); }},
      {"slices of any size give what whole parameters give", [subject] { return slices(subject); }},
      {"slices in any order give the same", [subject] { return order(subject); }},
      {"slices on several threads at once give the same", [subject] { return threads(subject); }},
      {"all state is the host's", [subject] { return state(subject); }},
      {"gradients of zero are harmless", [subject] { return zero_gradients(subject); }},
      {"descends", [subject] { return descends(subject); }},
  };
}

}  // namespace assay::conformance
