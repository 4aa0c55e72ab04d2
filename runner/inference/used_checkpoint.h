// Finds the checkpoint of a run that is to be used. It only reads, so the run may still be running.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runner/base/folder.h"
#include "runner/run/run_actions.h"
#include "runner/state/registry.h"
#include "runner/state/safetensors.h"

namespace assay::inference {

/// A checkpoint without damage. The file is held open, so a run that removes it takes nothing away.
struct UsedCheckpoint {
  state::StoredTensors file;
  std::optional<std::int64_t> step;  ///< finished steps; nothing if the file does not tell
  std::vector<std::string> damaged;  ///< newer checkpoints that are damaged, and what is wrong
};

/// Returns the newest whole checkpoint of a run that had plans with these digests. Throws
/// assay::Error if there is none.
UsedCheckpoint newest_checkpoint(const base::Folder& run_folder, const run::PlanDigests& plans);

/// Returns the checkpoint with this step ("200") or name ("best"). One that has only weights will
/// do. Throws assay::Error if there is none, if it is damaged, or if it is another plan's.
UsedCheckpoint chosen_checkpoint(const base::Folder& run_folder, const run::PlanDigests& plans,
                                 const std::string& step_or_name);

/// Takes the values of a trained model's state. What a model computes outputs with must be in the
/// file, but transforms and the loss learn before the first step only: what the file lacks of them
/// is taken from the newest whole checkpoint. The state of metrics and of the dataset is taken as
/// far as it is there. Throws assay::Error.
void take_state(const state::Registry& state, const UsedCheckpoint& checkpoint,
                const base::Folder& run_folder, const run::PlanDigests& plans);

}  // namespace assay::inference
