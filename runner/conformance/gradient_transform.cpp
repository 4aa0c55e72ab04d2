#include "assay/gradient_transform.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "assay/number_text.h"
#include "runner/conformance/neutral.h"
#include "runner/conformance/neutral_parameters.h"
#include "runner/conformance/suites.h"
#include "runner/state/component_state.h"
#include "runner/train/gradient_transforms.h"

namespace assay::conformance {
namespace {

// The way in which the host hands over the slices of a step.
struct Way {
  std::size_t size = 0;  ///< elements of a slice; 0: whole parameters
  bool backwards = false;
  int threads = 1;
};

class Run {
 public:
  explicit Run(const Subject& subject, const NeutralParameters& of = parameters())
      : parameters_(of) {
    auto made = subject.make<GradientTransform>();
    state.declare(made.object(), "gradient_transform");
    prepared_ = train::prepare("transform", std::move(made));
    memory = step_memory(parameters_, prepared_.slots);
  }

  /// Lets the transform change the gradient of a step, and moves the weights against the result.
  Gradients step(Gradients gradient, const Way& way = {}) {
    const std::vector<Piece> pieces = cut(parameters_, way.size);
    std::vector<double> sums(pieces.size() * prepared_.sums);
    if (prepared_.sums > 0)
      each(pieces, way, [&](std::size_t k) {
        reduce(pieces[k], gradient, std::span(sums).subspan(k * prepared_.sums, prepared_.sums));
      });
    std::vector<double> totals(prepared_.sums);
    for (std::size_t k = 0; k < sums.size(); ++k) totals[k % totals.size()] += sums[k];
    prepared_.transform.call([&](GradientTransform& t) { t.begin_step(memory.count, totals); });
    each(pieces, way, [&](std::size_t k) { apply(pieces[k], gradient); });
    for (std::size_t i = 0; i < gradient.size(); ++i)
      for (std::size_t k = 0; k < gradient[i].size(); ++k)
        memory.weights[i][k] -= 0.1F * gradient[i][k];
    ++memory.count;
    return gradient;
  }

  std::size_t sums() const {
    return prepared_.transform.call([](const GradientTransform& t) { return t.sums(); });
  }
  std::size_t slots() const { return prepared_.slots.size(); }

  StepMemory memory;
  state::ComponentState state;

 private:
  // A slice in memory of its own.
  struct LentSlice {
    Lent gradient, weights;
    std::vector<Lent> slots;
    std::vector<float*> starts;
  };

  template <class Work>
  static void each(const std::vector<Piece>& pieces, const Way& way, const Work& work) {
    at_once(way.threads, [&](int thread) {
      for (auto k = static_cast<std::size_t>(thread); k < pieces.size();
           k += static_cast<std::size_t>(way.threads))
        work(way.backwards ? pieces.size() - 1 - k : k);
    });
  }

  LentSlice lend_slice(const Piece& piece, const Gradients& gradient) const {
    LentSlice lent{lend(gradient[piece.parameter], piece),
                   lend(memory.weights[piece.parameter], piece),
                   {},
                   {}};
    for (const auto& slot : memory.slots[piece.parameter])
      lent.starts.push_back(lent.slots.emplace_back(lend(slot, piece)).as<float>().data());
    return lent;
  }

  GradientSlice slice(const Piece& piece, const LentSlice& lent) const {
    const NeutralParameter& parameter = parameters_[piece.parameter];
    return {parameter.name,
            parameter.shape,
            parameter.role,
            static_cast<std::int64_t>(piece.offset),
            lent.gradient.as<float>(),
            lent.weights.as<float>(),
            lent.starts};
  }

  // Throws Failed if a part of a slice is no longer what it was, or if something was written around
  // it.
  static void require_same(const Lent& lent, const std::vector<float>& whole, const Piece& piece,
                           const char* function, const char* what) {
    require(lent.intact() &&
                same_bits(lent.as<float>(), std::span(whole).subspan(piece.offset, piece.count)),
            "{} changes {}, which it may only read", function, what);
  }

  void reduce(const Piece& piece, const Gradients& gradient, std::span<double> sums) const {
    const LentSlice lent = lend_slice(piece, gradient);
    const Lent lent_sums(sums.size_bytes());
    std::ranges::fill(lent_sums.as<double>(), 0.0);
    prepared_.transform.call(
        [&](const GradientTransform& t) { t.reduce(slice(piece, lent), lent_sums.as<double>()); });
    require(lent_sums.intact(), "reduce() writes beyond its sums, of which it asked for {}",
            sums.size());
    require_same(lent.gradient, gradient[piece.parameter], piece, "reduce()", "the gradient");
    require_same(lent.weights, memory.weights[piece.parameter], piece, "reduce()", "the weights");
    for (std::size_t i = 0; i < lent.slots.size(); ++i)
      require_same(lent.slots[i], memory.slots[piece.parameter][i], piece, "reduce()", "a slot");
    std::ranges::copy(lent_sums.as<double>(), sums.begin());
  }

  void apply(const Piece& piece, Gradients& gradient) {
    const LentSlice lent = lend_slice(piece, gradient);
    prepared_.transform.call([&](const GradientTransform& t) { t.apply(slice(piece, lent)); });
    require_same(lent.weights, memory.weights[piece.parameter], piece, "apply()", "the weights");
    const auto take = [&](const Lent& from, std::vector<float>& to, const char* what) {
      require(from.intact(), "apply() writes beyond a slice of {} elements of {}",
              grouped(piece.count), what);
      std::ranges::copy(from.as<float>(), to.begin() + static_cast<std::ptrdiff_t>(piece.offset));
    };
    take(lent.gradient, gradient[piece.parameter], "the gradient");
    for (std::size_t i = 0; i < lent.slots.size(); ++i)
      take(lent.slots[i], memory.slots[piece.parameter][i], "a slot");
  }

  NeutralParameters parameters_;
  train::PreparedTransform prepared_;
};

void require_finite(const Gradients& gradient, std::int64_t step, const char* given) {
  for (std::size_t i = 0; i < gradient.size(); ++i)
    for (const float g : gradient[i])
      require(std::isfinite(g), "of {} it makes a gradient of {} in {}, in step {}", given, g,
              parameters()[i].name, step);
}

std::string sums(const Subject& subject) {
  Run first(subject);
  const Run second(subject);
  const std::size_t asked = first.sums();
  first.step(gradients(1));
  for (const std::size_t again : {first.sums(), second.sums()})
    require(again == asked,
            "sums() returns {}, and {} when asked again; expected the same each "
            "time",
            asked, again);
  return fmt::format("{} sums", asked);
}

std::string writes(const Subject& subject) {
  Run run(subject);
  for (std::uint64_t step = 0; step < 10; ++step)
    require_finite(run.step(gradients(step)), run.memory.count, "random gradients");
  return fmt::format("{} slots, {} bytes of state", run.slots(), run.state.bytes());
}

std::string slices(const Subject& subject) {
  constexpr std::uint64_t steps = 5;
  std::vector<Gradients> whole;
  Run run(subject);
  for (std::uint64_t step = 0; step < steps; ++step) whole.push_back(run.step(gradients(step)));
  double worst = 0;
  for (const std::size_t size : {1U, 3U, 8U, 17U, 64U, 152U}) {
    Run cut(subject);
    for (std::uint64_t step = 0; step < steps; ++step) {
      const Gradients found = cut.step(gradients(step), {.size = size});
      for (std::size_t i = 0; i < found.size(); ++i) {
        const double off = deviation(found[i], whole[step][i]);
        require(off <= 1e-5,
                "in slices of {} elements the gradient of {} differs by {:.1e} of its largest "
                "element; an element may depend on others by the sums only",
                size, parameters()[i].name, off);
        worst = std::max(worst, off);
      }
    }
  }
  return fmt::format("off by {:.1e}", worst);
}

std::string order(const Subject& subject) {
  Run forwards(subject), backwards(subject);
  for (std::uint64_t step = 0; step < 5; ++step) {
    const Gradients one = forwards.step(gradients(step), {.size = 4});
    const Gradients other =
        backwards.step(gradients(step), {.size = 4, .backwards = true, .threads = 4});
    for (std::size_t i = 0; i < one.size(); ++i)
      require(same_bits(one[i], other[i]),
              "the gradient of {} depends on the order of the slices; expected reduce() and "
              "apply() to change what they are handed and nothing else",
              parameters()[i].name);
  }
  return {};
}

std::string threads(const Subject& subject) {
  const NeutralParameters& large = large_parameters();
  Run alone(subject, large), together(subject, large);
  for (std::uint64_t step = 0; step < 10; ++step) {
    const Gradients of_step = gradients(step, large);
    const Gradients one = alone.step(of_step, {.size = 8192});
    const Gradients other = together.step(of_step, {.size = 8192, .threads = 4});
    for (std::size_t i = 0; i < large.size(); ++i)
      require(same_bits(one[i], other[i]),
              "the gradient of {} comes out otherwise when several threads are in reduce() or "
              "apply(); what these write must be the slice's, the sums or the thread's own: no "
              "member, no static variable",
              large[i].name);
  }
  return {};
}

// Simulates a resumed run: a new component with the memory of the old one.
std::string state(const Subject& subject) {
  constexpr std::uint64_t half = 40;
  Run whole(subject);
  for (std::uint64_t step = 0; step < half; ++step) whole.step(gradients(step));
  Run resumed(subject);
  resumed.memory = whole.memory;
  resumed.state.assign(whole.state);
  for (std::uint64_t step = half; step < 2 * half; ++step) {
    const Gradients one = whole.step(gradients(step)), other = resumed.step(gradients(step));
    for (std::size_t i = 0; i < one.size(); ++i)
      require(same_bits(one[i], other[i]),
              "the gradient of {} goes on differently in a new component with the saved state "
              "(off by {:.1e}); what must be remembered belongs into slots or into state (facet "
              "Stateful)",
              parameters()[i].name, deviation(other[i], one[i]));
  }
  return {};
}

std::string zero_gradients(const Subject& subject) {
  Run run(subject);
  for (int step = 0; step < 5; ++step)
    require_finite(run.step(zeros()), run.memory.count, "gradients of zero");
  return {};
}

}  // namespace

Suite gradient_transform_suite(const Subject& subject) {
  return {
      {"asks for the same sums each time", [subject] { return sums(subject); }},
      {"writes only what it is handed", [subject] { return writes(subject); }},
      {"slices of any size give what whole parameters give", [subject] { return slices(subject); }},
      {"slices in any order give the same", [subject] { return order(subject); }},
      {"slices on several threads at once give the same", [subject] { return threads(subject); }},
      {"all state is the host's", [subject] { return state(subject); }},
      {"gradients of zero are harmless", [subject] { return zero_gradients(subject); }},
  };
}

}  // namespace assay::conformance
