// The tutorial's network over its data, from the real plugins.
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

/// Its metrics are loss and accuracy, in this order. The weights are zero at first.
std::unique_ptr<train::Network> digits_network(train::ThreadTeam& team, train::LaneRule rule = {},
                                               const std::string& model = "{}",
                                               std::int64_t largest_batch = 1347);

/// Weights of one of JAX's states, and what JAX computed with them.
Safetensors jax_state(int step);
void set_weights(train::Network& network, const Safetensors& state);

/// The lanes' gradients added up, over `weight`: parameter by parameter.
std::vector<std::vector<float>> mean_gradient(const train::Network& network, double weight);

}  // namespace assay::test
