// Compares the updates of `plugin_name` with their formula: it keeps the sum of all gradients, each
// multiplied by the decay once for every step since then.
#include <cmath>

#include "assay/closed_form.h"
#include "plugin_name.cpp"

int main() {
  const double rate = 0.1, decay = 0.9;
  return assay::closed_form::follows<PluginName>(
      {.learning_rate = rate, .decay = decay}, [&](double x, std::span<const double> gradients) {
        double steps = static_cast<double>(gradients.size());
        for (const double gradient : gradients)  // is in `steps` sums: 1 + decay + decay^2 + ...
          x -= rate * gradient * (1 - std::pow(decay, steps--)) / (1 - decay);
        return x;
      });
}
