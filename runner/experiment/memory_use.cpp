#include "runner/experiment/memory_use.h"

#include <algorithm>

namespace assay::experiment {
namespace {

// Of the batches, and of the splits that hooks have evaluated.
std::int64_t largest_block(const Experiment& experiment) {
  const auto block_of = [&](std::int64_t rows) {
    return train::Lanes(rows, experiment.network->rule()).tallest_block();
  };
  std::int64_t largest = block_of(experiment.batches->batch_size());
  const auto evaluated = [&](const std::string& split) {
    largest = std::max(largest, block_of(experiment.splits.at(split)->count));
  };
  for (const hooks::PreparedHook& hook : experiment.hooks) {
    for (const hooks::ValueNeed& need : hook.values)
      if (need.source == plan::ValueSource::split) evaluated(need.split);
    for (const hooks::PictureNeed& need : hook.pictures)
      if (need.outputs) evaluated(need.split);
  }
  return largest;
}

}  // namespace

MemoryUse memory_use(const Experiment& experiment) {
  const train::Network& network = *experiment.network;
  MemoryUse use;
  use.weights = network.weights().bytes().size();
  use.gradients = network.gradient_bytes();
  use.slots = experiment.update->slot_bytes();
  const std::int64_t rows = largest_block(experiment);
  const Target& target = experiment.data.target;
  // Targets are only copied where the rows of a batch are gathered.
  const std::size_t targets =
      experiment.batches->whole()
          ? 0
          : size_of(target.dtype) * static_cast<std::size_t>(target.shape.elements() * rows);
  use.workspaces =
      static_cast<std::size_t>(experiment.team->size()) * (network.bench_bytes(rows) + targets);
  for (const auto& [name, split] : experiment.splits) use.data += split->bytes();
  return use;
}

}  // namespace assay::experiment
