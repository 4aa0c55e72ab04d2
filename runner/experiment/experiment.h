// Everything that a run consists of, created from its draft before anything is written: components,
// data, network.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "runner/config/diagnostics.h"
#include "runner/data/batches.h"
#include "runner/data/rows.h"
#include "runner/experiment/initial_weights.h"
#include "runner/experiment/rate_course.h"
#include "runner/experiment/shared_parts.h"
#include "runner/experiment/weight_choice.h"
#include "runner/hooks/hooks.h"
#include "runner/logging/loggers.h"
#include "runner/plan/draft.h"
#include "runner/plugin_host/plugin_host.h"
#include "runner/state/component_state.h"
#include "runner/train/network.h"
#include "runner/train/thread_team.h"
#include "runner/train/update.h"

namespace assay::experiment {

struct Experiment {
  data::Description data;
  std::map<std::string, std::int64_t> split_sizes;  ///< rows, of all splits
  hooks::Splits splits;                             ///< "train", and those that hooks read
  std::optional<data::Batches> batches;
  std::int64_t steps = 0;
  std::shared_ptr<train::ThreadTeam> team;
  std::unique_ptr<train::Network> network;
  std::optional<InitialWeights> initial;  ///< nothing: the weights are random
  WeightChoice choice;                    ///< of the weights that are trained
  std::unique_ptr<train::Update> update;
  std::vector<plugin_host::NamedRate> rates;  ///< the optimizer's
  std::vector<RateCourse> courses;   ///< of the rates, and schedules of gradient transforms
  std::vector<std::string> metrics;  ///< the names of the network's, in their order
  std::vector<hooks::PreparedHook> hooks;
  std::vector<logging::Loggers::Named> loggers;
  bool draws_pictures = false;
  /// The copies of the state that a run makes: for checkpoints while training goes on, and before
  /// hooks that may change it at the end.
  int state_copies = 0;
  std::optional<plan::ReadableValue> best;  ///< by which a checkpoint is kept
  std::set<std::string> data_files;         ///< that components were told to read, or have mapped
  state::ComponentState state;              ///< that components declared
};

/// Creates the components, reads the data and initializes the weights. Reports problems and
/// warnings about the config with their places. Returns nothing if there are problems, including
/// those that the draft has already. It still checks everything that does not depend on them, so
/// that all problems are reported together, except those that only follow from others.
///
/// With `shared`, the experiment is for checking the draft only: it takes parts that an experiment
/// before it made of the same, and its weights are not initialized. It must not be trained.
std::optional<Experiment> make_experiment(const plan::Draft& draft, plugin_host::PluginHost& host,
                                          config::Diagnostics& diagnostics,
                                          SharedParts* shared = nullptr);

}  // namespace assay::experiment
