// Makes the hooks of an experiment, and finds what they need: values, metrics, weights, pictures.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "runner/experiment/component_maker.h"
#include "runner/experiment/demand.h"
#include "runner/experiment/experiment.h"
#include "runner/train/metric_results.h"

namespace assay::experiment {

/// Returns the part of the draft that is the hook of this name.
Part hook_part(const plan::Draft& draft, const std::string& name);

class HookAssembly {
 public:
  /// Borrows both.
  HookAssembly(ComponentMaker& maker, Experiment& experiment)
      : maker_(maker),
        draft_(maker.draft),
        diagnostics_(maker.diagnostics),
        blame_(maker.blame),
        out_(experiment) {}

  /// Makes the hooks and the metrics that they name. `splits` are the names of the splits; nothing
  /// if they are unknown.
  void make(std::optional<std::vector<std::string>> splits);
  /// Finds the parameters whose weights renderers name.
  void find_parameters(const train::ModelDescription& model);

  /// Returns the metrics that hooks need, in the order of Experiment::metrics.
  const std::vector<plugin_host::Handle<Metric>>& metrics() const { return metrics_; }
  /// Returns the splits to read, and how many of their first rows pictures show.
  const std::map<std::string, std::int64_t>& shown_rows() const { return shown_rows_; }

 private:
  void make_hook(const plan::HookPlan& plan, Demand& demand);
  void check_trigger(const plan::HookPlan& hook);
  void check(const plugin_host::Handle<Renderer>& renderer, const Part& hook);
  /// Counts the copies of the state that the run makes.
  int state_copies() const;

  /// Also makes the metrics that no hook needs, to check them.
  void make_metrics(const std::vector<plan::NamedComponent>& usable);
  /// Finds the results that hooks name among those that the metric has.
  void find_results(const std::string& name, const plugin_host::Handle<Metric>& metric,
                    const Part& part);
  void no_result(const hooks::ValueNeed& need, const std::vector<train::ResultInfo>& results,
                 const std::string& hook);
  void a_vector(const hooks::ValueNeed& need, const train::ResultInfo& result,
                const std::string& hook);
  void no_parameter(const hooks::WeightsNeed& need,
                    const std::vector<train::ParameterInfo>& parameters, const Part& renderer);

  /// Finds the value by which a checkpoint is the best among those that hooks read. If a hook could
  /// not be made, it is not known what it reads.
  void find_best(const Demand& demand);
  /// Returns true if a hook with this trigger fires after a step of training, as far as is known,
  /// and not only because the run ends.
  bool fires_after_a_step(plan::Trigger trigger) const;

  ComponentMaker& maker_;
  const plan::Draft& draft_;
  config::Diagnostics& diagnostics_;
  Blame& blame_;
  Experiment& out_;
  std::map<std::string, std::int64_t> shown_rows_;
  std::vector<plugin_host::Handle<Metric>> metrics_;
};

}  // namespace assay::experiment
