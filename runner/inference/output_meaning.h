// Finds out what the outputs of a model mean, and turns those that are logits into probabilities.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "assay/dataset.h"
#include "assay/loss.h"
#include "runner/plugin_host/component.h"

namespace assay::inference {

enum class Meaning {
  softmax_logits,  ///< one for each class: the probabilities are their softmax
  sigmoid_logit,   ///< one: the probability of the second of two classes is its sigmoid
  scores,          ///< one for each class: the greatest is that of the predicted class
  numbers,         ///< predicted values, or numbers whose meaning only the loss knows
};

/// Asks the loss that the model was trained with. Its outputs are logits if its gradient with
/// respect to the outputs z is w * (p(z) - q), where p is the softmax (or the sigmoid), and w > 0
/// and q depend on the target alone. That is true of cross-entropies, also with weights of classes
/// and smoothed labels, and of no other loss: the loss then fits p(z) to the frequencies of the
/// classes. Throws plugin_host::ComponentError.
Meaning meaning_of(const plugin_host::Handle<Loss>& loss, const Target& target,
                   std::int64_t outputs);

/// Returns how many numbers predicted() writes for a row.
std::int64_t predicted_columns(Meaning meaning, std::int64_t outputs);

/// Writes the probabilities of all classes if the outputs are logits, and the outputs themselves
/// otherwise. Probabilities are p[j] = exp(z[j] - max z) / sum_i exp(z[i] - max z), or 1 - s and s
/// with s = 1 / (1 + exp(-z)). Returns the predicted class, the first of the most likely ones; 0 if
/// the outputs are numbers.
std::size_t predicted(Meaning meaning, std::span<const float> outputs, std::span<float> out);

}  // namespace assay::inference
