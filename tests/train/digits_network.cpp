#include "tests/train/digits_network.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/support/component.h"
#include "tests/support/handle.h"

namespace assay::test {

Digits::Digits() {
  const auto dataset = handle(make<Dataset>("digits"), "digits");
  description = data::describe(dataset);
  const auto split = read_json("split_seed0.json");
  const auto read = [&](const char* name) {
    const auto rows = split.at(name).get<std::vector<std::int64_t>>();
    return std::make_shared<data::Rows>(data::read(dataset, description, rows));
  };
  train = read("train");
  test = read("test");
}

std::unique_ptr<train::Network> digits_network(train::ThreadTeam& team, train::LaneRule rule,
                                               const std::string& model,
                                               std::int64_t largest_batch) {
  train::Network::Components components{
      handle(make<Model>("mlp", model), "mlp"),
      handle(make<Loss>("softmax_cross_entropy"), "softmax_cross_entropy"),
      {handle(make<Metric>("loss"), "loss"), handle(make<Metric>("accuracy"), "accuracy")}};
  auto description = train::describe(components.model, {8, 8}, 10);
  return std::make_unique<train::Network>(std::move(components), std::move(description), rule, team,
                                          0, largest_batch);
}

Safetensors jax_state(int step) {
  return read_safetensors(reference_file("state_step" + std::to_string(step) + ".safetensors"));
}

void set_weights(train::Network& network, const Safetensors& state) {
  const auto& parameters = network.description().parameters;
  for (std::size_t i = 0; i < parameters.size(); ++i)
    std::ranges::copy(state.tensors.at(parameters[i].name).values,
                      network.weights().values(i).begin());
}

std::vector<std::vector<float>> mean_gradient(const train::Network& network, double weight) {
  std::vector<std::vector<float>> gradient;
  for (std::size_t i = 0; i < network.description().parameters.size(); ++i) {
    auto& sum = gradient.emplace_back(network.weights().values(i).size());
    for (const auto& lane : network.lane_gradients())
      std::ranges::transform(sum, lane->values(i), sum.begin(), std::plus());
    for (float& g : sum) g /= static_cast<float>(weight);
  }
  return gradient;
}

}  // namespace assay::test
