// The hyper-parameters of a run, for TensorBoard's HParams tab.
//
// TensorBoard reads them from the metadata of two tags, and takes the first metadata of a tag that
// it sees. The tag `_hparams_/experiment`, which would name the columns of all runs, is not
// written: of several such tags TensorBoard picks any, while without one it unites the columns of
// all runs.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "assay/logger.h"

namespace assay::tensorboard {

inline constexpr std::string_view session_start_tag = "_hparams_/session_start_info";
inline constexpr std::string_view session_end_tag = "_hparams_/session_end_info";

/// Returns true if a value of the plan can change the result: TensorBoard shows these. The others
/// are the name and folder of the run, threads, loggers and checkpoints.
bool is_hyper_parameter(std::string_view key);

/// Returns the content of the metadata of `session_start_tag`: the hyper-parameters in the order of
/// the plan. Numbers and booleans stay what they are; texts, lists and null are texts.
std::string session_start(std::span<const PlanEntry> plan, double start_time);

/// Returns the content of the metadata of `session_end_tag`. Only a finished run is a success.
std::string session_end(Outcome outcome, double end_time);

}  // namespace assay::tensorboard
