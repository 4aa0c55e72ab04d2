// Names an event file: events.out.tfevents.<seconds>.<sequence>.<host>.<process>, with numbers of
// fixed width. TensorBoard reads the files of a run in the order of their names, so a new file must
// come after the existing ones, whatever the clock says.
#pragma once

#include <filesystem>
#include <string>

namespace assay::tensorboard {

/// Returns a name for a new file in `run_folder`, begun at `start_time` (seconds since 1970). A
/// folder that cannot be read counts as empty.
std::string next_file_name(const std::filesystem::path& run_folder, double start_time);

}  // namespace assay::tensorboard
