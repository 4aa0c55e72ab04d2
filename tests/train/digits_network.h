// The tutorial's network with its data, from the real plugins.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "assay/dataset.h"
#include "runner/data/rows.h"
#include "runner/train/network.h"
#include "tests/support/reference.h"

namespace assay::test {

struct Digits {
  Digits();
  data::Description description;
  std::shared_ptr<const data::Rows> train, test;  ///< 1347 and 450 rows: split_seed0.json
};

/// Makes a network with the metrics loss and accuracy, in this order. The weights are zero at
/// first.
std::unique_ptr<train::Network> digits_network(train::ThreadTeam& team, train::LaneRule rule = {},
                                               const std::string& model = "{}",
                                               std::int64_t largest_batch = 1347);

/// Reads the weights of one of JAX's states, and JAX's results for them.
Safetensors jax_state(int step);
void set_weights(train::Network& network, const Safetensors& state);

/// Returns the sum of the lanes' gradients, divided by `weight`, for each parameter.
std::vector<std::vector<float>> mean_gradient(const train::Network& network, double weight);

}  // namespace assay::test
