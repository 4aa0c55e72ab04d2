#include "runner/experiment/memory_use.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>

#include "runner/base/machine_share.h"
#include "runner/experiment/machine_memory.h"
#include "runner/hooks/timetable.h"
#include "runner/logging/log.h"

namespace assay::experiment {
namespace {

/// Returns the rows of the largest block, over batches and the splits that hooks evaluate.
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
      if (const plan::SplitValue* value = need.of_split()) evaluated(value->split);
    for (const hooks::PictureNeed& picture : hook.pictures)
      for (const hooks::RowsNeed& need : picture.needed.rows)
        if (need.outputs) evaluated(need.split);
    for (const hooks::RowsNeed& need : hook.rows) evaluated(need.split);
  }
  return largest;
}

/// Cairo, its fonts and the compression of PNG files hold about this much after the first picture,
/// whatever its size.
constexpr std::size_t drawing_libraries = std::size_t{3} << 20;

/// Returns how many of the needed rows exist.
std::int64_t rows_of(const Experiment& experiment, const hooks::RowsNeed& need) {
  return std::min(need.rows, experiment.splits.at(need.split)->count);
}

/// Returns the bytes of this many rows of this many numbers.
std::size_t row_bytes(std::int64_t rows, std::int64_t columns) {
  return static_cast<std::size_t>(rows * columns) * sizeof(float);
}

/// Returns the bytes of outputs that rows keep.
std::size_t kept_outputs(const Experiment& experiment, const hooks::RowsNeed& need) {
  if (!need.outputs) return 0;
  return row_bytes(rows_of(experiment, need), experiment.network->description().outputs);
}

/// The rows of each split that are held at once, though several may need them.
class HeldRows {
 public:
  explicit HeldRows(const Experiment& experiment) : experiment_(experiment) {}

  void add(const hooks::RowsNeed& need) {
    std::int64_t& most = most_[need.split];
    most = std::max(most, rows_of(experiment_, need));
  }
  std::int64_t count() const {
    std::int64_t all = 0;
    for (const auto& [split, rows] : most_) all += rows;
    return all;
  }

 private:
  const Experiment& experiment_;
  std::map<std::string, std::int64_t> most_;  // by split
};

/// Returns the bytes that a picture keeps until it is drawn, except for values that a hook
/// collects, whose number is unknown.
std::size_t kept(const Experiment& experiment, const hooks::RendererNeeded& needed) {
  std::size_t bytes = 0;
  for (const hooks::RowsNeed& need : needed.rows) bytes += kept_outputs(experiment, need);
  for (const hooks::WeightsNeed& need : needed.weights)
    bytes += experiment.network->weights().values(need.index).size_bytes();
  return bytes;
}

/// Returns the bytes of pixels that a picture has while it is drawn.
std::size_t pixels(const hooks::PictureNeed& need) {
  const Size size = need.handle.call([](const Renderer& renderer) { return renderer.size(); });
  return static_cast<std::size_t>(size.width * size.height) * sizeof(std::uint32_t);
}

/// Returns the bytes of outputs that are held at once when all splits are evaluated: those of rows
/// that hooks and pictures read, and of whole splits where a metric needs them.
std::size_t evaluated_bytes(const Experiment& experiment) {
  HeldRows held(experiment);
  for (const hooks::PreparedHook& hook : experiment.hooks) {
    for (const hooks::RowsNeed& need : hook.rows) held.add(need);
    for (const hooks::PictureNeed& picture : hook.pictures)
      for (const hooks::RowsNeed& need : picture.needed.rows)
        if (need.outputs) held.add(need);
    for (const hooks::ValueNeed& need : hook.values) {
      const plan::SplitValue* value = need.of_split();
      if (value == nullptr) continue;
      const auto metric = std::ranges::find(experiment.metrics, value->metric);
      if (experiment.network->reads_whole_split(
              static_cast<std::size_t>(metric - experiment.metrics.begin())))
        held.add({value->split, "", experiment.splits.at(value->split)->count, true});
    }
  }
  return row_bytes(held.count(), experiment.network->description().outputs);
}

/// Counts the data that all pictures of the run keep, as far as they fit into the queue and the
/// logging thread's half of it, and the largest drawing.
std::size_t picture_bytes(const Experiment& experiment) {
  constexpr std::size_t most_queued = 2 * logging::QueueLimits{}.bytes;
  std::size_t queued = 0, drawn = 0;
  for (const hooks::PreparedHook& hook : experiment.hooks) {
    const auto times = static_cast<std::size_t>(
        hooks::Timetable(hook.trigger, experiment.steps, experiment.batches->steps_per_epoch())
            .count());
    for (const hooks::PictureNeed& need : hook.pictures) {
      const std::size_t bytes = kept(experiment, need.needed);
      const bool fits =
          bytes == 0 || times <= (most_queued - std::min(queued, most_queued)) / bytes;
      queued = fits ? queued + times * bytes : most_queued;
      drawn = std::max(drawn, pixels(need));
    }
  }
  return experiment.draws_pictures ? queued + drawn + drawing_libraries : 0;
}

/// Returns the bytes of the transformed samples that hooks look at.
std::size_t looked_at_bytes(const Experiment& experiment) {
  const train::Network& network = *experiment.network;
  if (network.transforms().empty()) return 0;
  HeldRows held(experiment);
  for (const hooks::PreparedHook& hook : experiment.hooks)
    for (const hooks::RowsNeed& need : hook.rows) held.add(need);
  return row_bytes(held.count(), network.description().sample.elements());
}

/// Returns the bytes of the order of an epoch, and of the next one while it is computed.
std::size_t order_bytes(const Experiment& experiment) {
  const data::Batches& batches = *experiment.batches;
  if (batches.whole()) return 0;
  const std::size_t orders = experiment.steps > batches.steps_per_epoch() ? 2 : 1;
  return orders * static_cast<std::size_t>(batches.rows()) * sizeof(std::int64_t);
}

/// Returns the bytes of the rows that splits hold.
std::size_t held_rows(const Experiment& experiment) {
  std::size_t bytes = 0;
  for (const auto& [name, split] : experiment.splits) bytes += split->bytes();
  return bytes;
}

}  // namespace

MemoryUse memory_use(const Experiment& experiment) {
  MemoryUse use = memory_use(experiment, 0);
  const std::size_t made = use.weights + use.gradients + use.slots + held_rows(experiment) +
                           experiment.network->reserved_bytes();
  const std::int64_t held = base::memory_held().value_or(0);
  use.program = static_cast<std::size_t>(std::max<std::int64_t>(held, 0));
  use.program -= std::min(use.program, made);
  return use;
}

MemoryUse memory_use(const Experiment& experiment, std::size_t program) {
  const train::Network& network = *experiment.network;
  MemoryUse use;
  use.program = program;
  use.weights = network.weights().bytes().size();
  use.gradients = network.gradient_bytes() + experiment.update->raw_bytes();
  use.slots = experiment.update->slot_bytes() + experiment.state.bytes();
  use.snapshot = static_cast<std::size_t>(experiment.state_copies) * (use.weights + use.slots);

  const std::int64_t rows = largest_block(experiment);
  const Target& target = experiment.data.target;
  // Targets are only copied if the rows of a batch are gathered.
  const std::size_t targets =
      experiment.batches->whole()
          ? 0
          : size_of(target.dtype) * static_cast<std::size_t>(target.shape.elements() * rows);
  use.workspaces = network.bench_count() * (network.bench_bytes(rows) + targets);
  use.data = held_rows(experiment) + order_bytes(experiment) + evaluated_bytes(experiment) +
             looked_at_bytes(experiment);
  use.pictures = picture_bytes(experiment);
  return use;
}

void warn_of_memory(const MemoryUse& use, const base::Share& given,
                    config::Diagnostics& diagnostics) {
  const auto needed = static_cast<double>(use.total());
  if (needed <= static_cast<double>(given.amount)) return;
  diagnostics.warning({}, "",
                      fmt::format("this run needs up to {}, and {}: it may be killed on the way",
                                  gigabytes(needed), described(given)),
                      given.remedy);
}

}  // namespace assay::experiment
