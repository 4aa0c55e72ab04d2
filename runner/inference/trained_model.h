// The trained model of a run, ready to be used. The run may still be running, or have been killed:
// its folder is only read, and may be anywhere.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "assay/instruction_set.h"
#include "runner/base/folder.h"
#include "runner/config/diagnostics.h"
#include "runner/inference/used_checkpoint.h"
#include "runner/inference/used_data.h"
#include "runner/plan/draft.h"
#include "runner/plugin_host/plugin_host.h"
#include "runner/run/data_form.h"
#include "runner/run/run_record.h"
#include "runner/state/component_state.h"
#include "runner/train/metric_results.h"
#include "runner/train/network.h"
#include "runner/train/thread_team.h"

namespace assay::inference {

/// The model to use, and the data to use it on.
struct Choice {
  std::string run_folder;
  std::string checkpoint;                 ///< a step or a name; empty: the newest whole one
  std::optional<InstructionSet> kernels;  ///< those of the run if absent
  /// Arguments of the command line that change the data or `threads`: dataset.KEY=value,
  /// ~dataset.KEY, threads=N.
  std::vector<std::string> settings;
};

/// The numbers that a metric gives.
struct MetricValues {
  std::string name;  ///< "accuracy", "confusion.f1"
  std::vector<double> values;
};

class TrainedModel {
 public:
  /// Opens the model with its weights and everything else that it learnt. Returns nothing if the
  /// settings, the plan of the run or the data have problems, which are reported; warnings are
  /// reported as well. Throws assay::Error for a run folder that cannot be used. Borrows the host.
  static std::unique_ptr<TrainedModel> open(const Choice& choice, plugin_host::PluginHost& host,
                                            config::Diagnostics& diagnostics);

  const std::string& name() const { return record_.name; }
  const UsedCheckpoint& checkpoint() const { return checkpoint_; }
  const UsedData& data() const { return *data_; }
  /// Reads the rows of a split (UsedData::rows). Returns nothing if that fails, which is reported.
  enum class Targets { needed, not_needed };
  std::optional<data::Rows> rows(const std::string& split, Targets targets,
                                 config::Diagnostics& diagnostics) const;
  /// Returns true if the settings name other data than those that the run was trained on.
  bool has_other_data() const { return has_other_data_; }
  /// Throws assay::Error if a file that is to be written is one of those that the data are read
  /// from.
  void check_is_no_data(const std::filesystem::path& file) const;
  /// Returns the form of the training data.
  const run::DataForm& trained_on() const { return trained_on_; }
  const plugin_host::Handle<Loss>& loss() const { return *loss_; }
  train::Network& network() { return *network_; }
  /// Returns the number of finished steps that the model gets when it computes.
  std::int64_t step() const { return checkpoint_.step.value_or(record_.steps); }

  /// Computes all metrics of the plan, the loss, and the accuracy if there are classes; sorted by
  /// name. A metric of the plan has the same bits as in the run. Throws assay::Error for values
  /// that are not finite unless the run was trained with `on_nan: ignore`.
  std::vector<MetricValues> evaluate(const data::Rows& rows);

 private:
  TrainedModel(const base::Folder& folder, run::RunRecord record, plan::Draft plan,
               UsedCheckpoint checkpoint);
  void open_data(plugin_host::PluginHost& host, config::Diagnostics& diagnostics);
  void make_network(plugin_host::PluginHost& host, config::Diagnostics& diagnostics);
  void warn_of_plugins(const plugin_host::PluginHost& host, config::Diagnostics& diagnostics) const;
  std::vector<plugin_host::Handle<Metric>> make_metrics(plugin_host::PluginHost& host,
                                                        config::Diagnostics& diagnostics);
  template <class Interface>
  plugin_host::Handle<Interface> create(plugin_host::PluginHost& host,
                                        const plan::ComponentPlan& plan) const;

  run::RunRecord record_;
  run::DataForm trained_on_;
  plan::Draft plan_;
  UsedCheckpoint checkpoint_;
  bool has_other_data_ = false;
  std::vector<std::string> data_files_;
  state::ComponentState state_;
  std::optional<UsedData> data_;
  std::optional<plugin_host::Handle<Loss>> loss_;
  std::vector<std::string> metric_names_;
  std::vector<std::vector<train::ResultInfo>> results_;  ///< of each metric
  std::unique_ptr<train::ThreadTeam> team_;
  std::unique_ptr<train::Network> network_;
};

}  // namespace assay::inference
