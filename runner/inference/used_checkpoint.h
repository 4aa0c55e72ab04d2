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

/// A checkpoint without damage. The file is held open, so it stays readable if the run removes it.
struct UsedCheckpoint {
  state::StoredTensors file;
  std::optional<std::int64_t> step;  ///< finished steps; nothing if the file does not say
  std::vector<std::string> damaged;  ///< newer checkpoints that are damaged, and what is wrong
};

/// Returns the newest whole checkpoint of a run that had plans with these digests. Throws
/// assay::Error if there is none.
UsedCheckpoint newest_checkpoint(const base::Folder& run_folder, const run::PlanDigests& plans);

/// Returns the checkpoint with this step ("200") or name ("best"). One that has only weights will
/// do. Throws assay::Error if there is none, if it is damaged, or if it is another plan's.
UsedCheckpoint chosen_checkpoint(const base::Folder& run_folder, const run::PlanDigests& plans,
                                 const std::string& step_or_name);

/// Takes the values of a trained model's state. Everything that a model needs to compute outputs
/// must be in the file. Transforms and the loss learn before the first step only: state of theirs
/// that the file lacks is taken from the newest whole checkpoint. The state of metrics and of the
/// dataset is taken if it is there. Throws assay::Error.
void take_state(const state::Registry& state, const UsedCheckpoint& checkpoint,
                const base::Folder& run_folder, const run::PlanDigests& plans);

}  // namespace assay::inference
