// Plans `dataset.split` and `train`.
#include "runner/plan/planner.h"

#include <algorithm>

#include "runner/plan/schema.h"

namespace assay::plan {

using config::Location;
using config::Node;

bool has_reported(const Node* map) {
  return map != nullptr &&
         (map->reported || std::ranges::any_of(map->map, [](const Node::Entry& entry) {
            return entry.value.reported;
          }));
}

std::optional<SplitPlan> Planner::split(const Validator::Placed& dataset) {
  note("dataset", dataset.common);
  const auto values = optional<Values>(dataset.common, "split");
  // An unknown key may have been meant as the split.
  if (dataset.common_problems > 0 || validator_.meant("dataset") ||
      (!values && dataset.soundness != Soundness::sound))
    doubt("dataset.split");
  if (!values) return std::nullopt;
  note("dataset.split", *values);
  SplitPlan split;
  split.where = dataset.common.find("split")->where;
  split.test = optional<double>(*values, "test").value_or(0);
  split.validation = optional<double>(*values, "validation").value_or(0);
  split.seed = static_cast<std::uint64_t>(optional<std::int64_t>(*values, "seed").value_or(0));
  const auto is_said = [&](const char* key) {
    const Value* share = values->find(key);
    return share != nullptr && share->where.source != nullptr;
  };
  if (dataset.common_problems == 0 && !is_said("test") && !is_said("validation"))
    diagnostics_.warning(split.where, "dataset.split", "this holds no rows back",
                         "say how many: {test: 0.25}");
  if (split.test + split.validation >= 1) {
    diagnostics_.error(split.where, "dataset.split",
                       "test and validation together leave no rows to train on",
                       "shares that add up to less than 1");
    doubt("dataset.split");
  }
  return split;
}

TrainPlan Planner::train() {
  const std::size_t problems = diagnostics_.size();
  const Value value = option("train");
  const Values values = optional<Values>(value).value_or(Values{});
  note("train", values);
  TrainPlan train;
  train.epochs = optional<std::int64_t>(values, "epochs");
  train.steps = optional<std::int64_t>(values, "steps");
  train.batch_size = optional<std::int64_t>(values, "batch_size");
  train.shuffle = optional<bool>(values, "shuffle").value_or(true);
  train.on_nan = optional<std::string>(values, "on_nan") == "ignore" ? OnNan::ignore : OnNan::stop;
  train.lanes = optional<std::int64_t>(values, "lanes");
  train.block_rows = optional<std::int64_t>(values, "block_rows");
  if (const Node* section = config_.find("train");
      diagnostics_.size() > problems || has_reported(section)) {
    if (section != nullptr && section->kind == Node::Kind::map &&
        section->find("epochs") == nullptr && section->find("steps") == nullptr)
      no_length_of_training();
    doubt("train");
    return train;
  }
  if (train.epochs && train.steps)
    diagnostics_.error(second_of_epochs_and_steps(), "train",
                       "expected epochs or steps, found both", "remove one, or set it to null");
  else if (!train.epochs && !train.steps) no_length_of_training();
  else train.where = values.find(train.epochs ? "epochs" : "steps")->where;
  if (train.epochs.has_value() == train.steps.has_value()) doubt("train");
  return train;
}

void Planner::no_length_of_training() {
  if (config_.find("train") == nullptr && validator_.meant("train")) return;
  if (validator_.meant("train.epochs") || validator_.meant("train.steps")) return;
  if (const Node* train = config_.find("train")) {
    const Location* removal = train->removal("epochs");
    if (removal == nullptr) removal = train->removal("steps");
    diagnostics_.error(removal != nullptr ? *removal : place_of("train"), "train",
                       "expected epochs or steps, found neither",
                       removal != nullptr ? "removed here" : "add `epochs: 10`");
  } else
    diagnostics_.error(end_, "train", "missing: expected epochs or steps",
                       "add `train: {epochs: 10}`");
}

Location Planner::second_of_epochs_and_steps() const {
  const auto is_one = [](const Node::Entry& e) { return e.key == "epochs" || e.key == "steps"; };
  const auto& entries = config_.find("train")->map;
  return std::ranges::find_if(entries.rbegin(), entries.rend(), is_one)->where;
}

}  // namespace assay::plan
