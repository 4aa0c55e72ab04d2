// Makes the network of an experiment and everything that computes with it: transforms, model, loss,
// gradient transforms, optimizer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "runner/experiment/component_maker.h"
#include "runner/experiment/experiment.h"
#include "runner/experiment/hook_assembly.h"
#include "runner/train/declared_slots.h"
#include "runner/train/transforms.h"

namespace assay::experiment {

struct MadeLoss {
  plugin_host::Handle<Loss> loss;
  std::shared_ptr<bool> prepared;  ///< it knows the classes of the rows

  friend bool may_share(const MadeLoss& made) { return is_stateless(made.loss.object()); }
};

struct MadeOptimizer {
  plugin_host::Handle<Optimizer> optimizer;
  std::vector<plugin_host::NamedRate> rates;
  std::vector<RateCourse> courses;
  /// Nothing until they are asked for.
  std::shared_ptr<std::optional<std::vector<train::DeclaredSlot>>> slots;

  friend bool may_share(const MadeOptimizer& made) { return is_stateless(made.optimizer.object()); }
};

class NetworkAssembly {
 public:
  /// Borrows all.
  NetworkAssembly(ComponentMaker& maker, HookAssembly& hooks, Experiment& experiment)
      : maker_(maker),
        draft_(maker.draft),
        diagnostics_(maker.diagnostics),
        blame_(maker.blame),
        hooks_(hooks),
        out_(experiment) {}

  /// Makes the network and its update, as far as their parts could be made.
  void make();
  /// Tells the loss how many rows of each class it will be trained on.
  void prepare_loss();
  /// Lets transforms and the model learn from the training rows.
  void fit();
  /// Reads the weights of `init_from`. It comes last: they also replace what the model has learned
  /// when it was fitted.
  void read_initial_weights();

 private:
  /// Leaves transforms_ empty if one of them is not known: the model depends on their output.
  void make_transforms();
  void make_model_and_loss();
  void make_network(train::Network::Components components, train::ModelDescription description);
  void make_team(std::int64_t threads);
  /// Checks the size before anything of the network is created.
  void check_network_fits(const train::Network::Components& components,
                          const train::ModelDescription& description, const train::Lanes& lanes,
                          std::int64_t threads);

  void make_update();
  /// Finds the weights that are trained; only they get slots.
  void choose();
  /// Makes an optimizer for each factor of the rates.
  std::optional<train::Tuning> make_tuning();
  std::optional<MadeOptimizer> make_optimizer();
  void follow_rates(MadeOptimizer& made);
  /// Makes the transforms in their order, without those that have a problem.
  std::vector<train::PreparedTransform> make_gradient_transforms();
  /// Follows the schedules of a gradient transform over the run.
  void follow_schedules(const Part& part, const plugin_host::Handle<GradientTransform>& transform);
  /// Finds out which hooks read the gradient before any transform, which takes memory of its own.
  train::RawGradientUse raw_gradient_use();
  void take_slots(const std::vector<train::DeclaredSlot>& slots, std::string_view advice);
  /// Counts the sums that a transform makes of each slice. Transforms share the memory for them.
  void take_sums(std::size_t sums);

  ComponentMaker& maker_;
  const plan::Draft& draft_;
  config::Diagnostics& diagnostics_;
  Blame& blame_;
  HookAssembly& hooks_;
  Experiment& out_;
  std::optional<train::Transforms> transforms_;
  std::optional<MadeLoss> loss_;
  std::optional<plugin_host::Handle<Model>> model_;  // built, for what the transforms leave
  double parameter_bytes_ = 0;
  double trained_bytes_ = 0;   // of the parameters that are not frozen
  std::size_t most_sums_ = 0;  // of one gradient transform
};

}  // namespace assay::experiment
