#include "runner/inference/output_meaning.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace assay::inference {
namespace {

constexpr std::int64_t probes = 3;  // outputs that the loss is asked about, for each target

// The differences between the first probe and another one.
struct Differences {
  std::vector<double> gradient;
  std::vector<double> probability;
};

std::vector<float> probe_outputs(std::int64_t columns) {
  std::vector<float> outputs(static_cast<std::size_t>(probes * columns));
  for (std::size_t i = 0; i < outputs.size(); ++i)
    outputs[i] = static_cast<float>(2 * std::sin(1.0 + 1.7 * static_cast<double>(i)));
  return outputs;
}

// Returns the factor that makes `b` closest to `a`.
double factor(const std::vector<double>& a, const std::vector<double>& b) {
  double dot = 0, square = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    dot += a[i] * b[i];
    square += b[i] * b[i];
  }
  return square > 0 ? dot / square : 0;
}

bool are_equal(const std::vector<double>& gradient, const std::vector<double>& probability,
               double w) {
  double largest = 0;
  for (const double p : probability) largest = std::max(largest, std::abs(p));
  const double tolerance = w * (1e-3 * largest + 1e-6);  // both are float32
  return std::ranges::equal(gradient, probability,
                            [&](double d, double p) { return std::abs(d - w * p) <= tolerance; });
}

// Returns true if the gradient for rows of this class differs in the same way as the probabilities.
bool follows_probabilities(const plugin_host::Handle<Loss>& loss, std::int32_t target,
                           Meaning meaning, std::int64_t columns) {
  std::vector<float> z = probe_outputs(columns), d(z.size());
  const std::vector<std::int32_t> targets(static_cast<std::size_t>(probes), target);
  loss.call([&](const Loss& l) {
    l.gradient({z.data(), probes, columns, columns}, {targets.data(), DType::int32, Shape{probes}},
               {d.data(), probes, columns, columns});
  });
  const auto n = static_cast<std::size_t>(columns);
  const auto difference = [&](std::size_t probe) {
    Differences result;
    std::vector<float> p(2 * static_cast<std::size_t>(predicted_columns(meaning, columns)));
    const auto half = p.size() / 2;
    predicted(meaning, std::span(z).first(n), std::span(p).first(half));
    predicted(meaning, std::span(z).subspan(probe * n, n), std::span(p).last(half));
    for (std::size_t j = 0; j < n; ++j) {
      const std::size_t of_output = half - n + j;  // the sigmoid is the last of two probabilities
      result.gradient.push_back(double{d[j]} - double{d[probe * n + j]});
      result.probability.push_back(double{p[of_output]} - double{p[half + of_output]});
    }
    return result;
  };
  const Differences first = difference(1), second = difference(2);
  const double w = factor(first.gradient, first.probability);
  return w > 0 && are_equal(first.gradient, first.probability, w) &&
         are_equal(second.gradient, second.probability, w);
}

}  // namespace

Meaning meaning_of(const plugin_host::Handle<Loss>& loss, const Target& target,
                   std::int64_t outputs) {
  if (target.classes == 0) return Meaning::numbers;
  const bool one_each = outputs == target.classes;
  if (!one_each && !(outputs == 1 && target.classes == 2)) return Meaning::numbers;
  if (one_each && outputs == 1) return Meaning::softmax_logits;  // the only class is certain
  const Meaning logits = one_each ? Meaning::softmax_logits : Meaning::sigmoid_logit;
  const auto last = static_cast<std::int32_t>(target.classes - 1);
  if (follows_probabilities(loss, 0, logits, outputs) &&
      follows_probabilities(loss, last, logits, outputs))
    return logits;
  return one_each ? Meaning::scores : Meaning::numbers;
}

std::int64_t predicted_columns(Meaning meaning, std::int64_t outputs) {
  return meaning == Meaning::sigmoid_logit ? 2 : outputs;
}

std::size_t predicted(Meaning meaning, std::span<const float> outputs, std::span<float> out) {
  const auto greatest = std::ranges::max_element(outputs);
  switch (meaning) {
    case Meaning::softmax_logits: {
      double sum = 0;
      for (std::size_t j = 0; j < outputs.size(); ++j) {
        out[j] = std::exp(outputs[j] - *greatest);
        sum += double{out[j]};
      }
      const auto scale = static_cast<float>(1 / sum);
      for (float& p : out) p *= scale;
      break;
    }
    case Meaning::sigmoid_logit: {
      const double z = outputs[0];
      out[0] = static_cast<float>(1 / (1 + std::exp(z)));  // 1 - s would lose digits
      out[1] = static_cast<float>(1 / (1 + std::exp(-z)));
      return z > 0 ? 1 : 0;
    }
    case Meaning::scores: std::ranges::copy(outputs, out.begin()); break;
    case Meaning::numbers: std::ranges::copy(outputs, out.begin()); return 0;
  }
  return static_cast<std::size_t>(greatest - outputs.begin());
}

}  // namespace assay::inference
