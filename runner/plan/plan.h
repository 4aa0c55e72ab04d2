// A resolved experiment: every component is named, every option is checked and complete. A run
// executes a plan and nothing else. plan.yaml in the run folder is the plan in text form.
//
// A config that may have problems gives a Draft (draft.h) of the same content.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/instruction_set.h"
#include "runner/plan/values.h"

namespace assay::plan {

/// The steps at which a hook fires. Counts finished steps of the whole run.
struct Trigger {
  std::optional<std::int64_t> every;        ///< at n, 2n, 3n, ...
  std::optional<std::int64_t> every_epoch;  ///< after every n-th epoch
  std::optional<std::int64_t> times;  ///< this often, spread evenly over the above or all steps
  std::vector<std::int64_t> at;       ///< and at these; 0 is before training
  std::optional<std::int64_t> from;   ///< bound of the three above `at`, included
  std::optional<std::int64_t> until;  ///< the other bound, included
  bool at_end = false;                ///< and after the last step of a finished run
};

struct NamedComponent {
  std::string name;  ///< the key in the config's map; the type's name in a list
  ComponentPlan component;
};

/// The text of an option of a component, or of an option in a group, list or component within it.
struct OptionText {
  std::string option;  ///< "tag", "curves.0.tag"
  std::string text;
  config::Location where;  ///< nowhere for a default
};

struct HookPlan {
  std::string name;
  Trigger trigger;
  ComponentPlan component;
  std::vector<OptionText> tags;    ///< of the type ParameterType::tag
  std::vector<OptionText> values;  ///< of the type ParameterType::value
};

struct SplitPlan {
  double test = 0;        ///< share of all rows; 0 if there is no such split
  double validation = 0;  ///< share of all rows
  std::uint64_t seed = 0;
  config::Location where = {};
};

/// Names of weights: each `*` stands for any text (base/pattern.h).
struct WeightPattern {
  std::string text;
  config::Location where = {};
};

/// The file with the weights that a model begins with.
struct InitFromPlan {
  struct Rename {
    WeightPattern from;
    std::optional<std::string> to;  ///< left out if absent
  };
  std::string file;
  std::vector<Rename> rename;          ///< the first that fits counts
  std::vector<WeightPattern> missing;  ///< weights that the file may lack
  std::vector<WeightPattern> extra;    ///< tensors that the model may lack
  config::Location where = {};         ///< of the file
};

/// A factor of the learning rate for some weights.
struct RatePlan {
  WeightPattern weights;
  double factor = 1;
};

enum class OnNan { stop, ignore };

struct TrainPlan {
  std::optional<std::int64_t> epochs;  ///< exactly one of epochs and steps
  std::optional<std::int64_t> steps;
  std::optional<std::int64_t> batch_size;  ///< all rows of the training split if absent
  bool shuffle = true;                     ///< per epoch; no effect with whole batches
  OnNan on_nan = OnNan::stop;
  std::optional<std::int64_t> lanes;       ///< derived from the shapes if absent
  std::optional<std::int64_t> block_rows;  ///< chosen by the model if absent
  config::Location where;                  ///< of epochs or steps
};

/// The value by which a checkpoint is the best.
struct BestPlan {
  std::string value;  ///< "test.accuracy"
  enum class Mode { max, min } mode = Mode::max;
  config::Location where = {};  ///< of the value
};

/// The steps after which the state of the run is saved. It does not change what the run computes.
struct CheckpointPlan {
  std::optional<std::int64_t> every;        ///< after n, 2n, 3n, ... steps
  std::optional<std::int64_t> every_epoch;  ///< after every n-th epoch
  std::optional<std::int64_t> every_seconds = 300;
  bool at_end = true;            ///< when the run finishes or is asked to stop
  std::int64_t keep = 2;         ///< the number of newest files to keep
  std::optional<BestPlan> best;  ///< the best one by this is kept as well

  bool while_training() const { return every || every_epoch || every_seconds || best; }
};

/// Everything that a config says, typed and with every default.
struct Content {
  std::string name;
  std::uint64_t seed = 0;
  std::optional<std::int64_t> threads;    ///< the maximum; one per core if absent
  std::optional<InstructionSet> kernels;  ///< the best of the CPU if absent
  std::string run_dir;                    ///< template: may hold ${now:...}
  bool resume = false;                    ///< if run_dir has this run already, continue it
  ComponentPlan dataset;
  std::optional<SplitPlan> split;          ///< defined by the dataset if absent
  std::vector<NamedComponent> transforms;  ///< of samples, in order
  ComponentPlan model;
  std::optional<InitFromPlan> init_from;  ///< the weights are random if absent
  ComponentPlan loss;
  std::vector<NamedComponent> gradient_transforms;  ///< in order
  ComponentPlan optimizer;
  std::vector<WeightPattern> freeze;  ///< weights that stay as they are
  std::vector<RatePlan> rates;        ///< the last that fits counts
  TrainPlan train;
  CheckpointPlan checkpoints;
  std::vector<NamedComponent> metrics;
  std::vector<HookPlan> hooks;
  std::vector<NamedComponent> loggers;
  /// The places of the experiment's own values, by full key: "seed", "train.epochs",
  /// "hooks.loss.every". A key that is absent has its default.
  std::map<std::string, config::Location, std::less<>> places;
  std::shared_ptr<const config::Source> source;  ///< the config as read
  /// All files that it was made from: `source`, its bases, fragments.
  std::vector<std::shared_ptr<const config::Source>> sources;

  /// Returns an empty place for a default.
  config::Location place(std::string_view key) const {
    const auto found = places.find(key);
    return found == places.end() ? config::Location{} : found->second;
  }
};

/// A plan that can be run: every value is present and right. Only Draft::finished() makes one, and
/// hands it out as const.
class Plan : public Content {
 public:
  std::string yaml;  ///< the plan as YAML, with every default: running it repeats the run

 private:
  friend struct Draft;
  explicit Plan(Content content);
};

}  // namespace assay::plan
