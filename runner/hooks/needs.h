// The needs that a hook declared before training.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "assay/hook.h"
#include "runner/plan/plan.h"
#include "runner/plan/value_name.h"
#include "runner/plugin_host/component.h"

namespace assay::hooks {

/// A value that a hook may read.
struct ValueNeed {
  plan::ValueName name;       ///< as in the config: "test.loss"
  std::string option;         ///< the option that holds the name
  plan::ReadableValue value;  ///< that it stands for, of a split that exists
  std::size_t first = 0;      ///< of its numbers among those that the metric gives
  std::size_t size = 1;       ///< how many it has
  bool vector = false;        ///< it may have any number of them

  /// Returns the split and the metric if the value is of a split; null if it is not.
  plan::SplitValue* of_split() { return std::get_if<plan::SplitValue>(&value); }
  const plan::SplitValue* of_split() const { return std::get_if<plan::SplitValue>(&value); }
};

/// The first rows of a split.
struct RowsNeed {
  std::string split;
  std::string option;  ///< the option that holds the split
  std::int64_t rows = 0;
  bool outputs = true;  ///< with the model's outputs
};

/// The weights of a parameter.
struct WeightsNeed {
  std::string parameter;
  std::string option;     ///< the option that holds the name
  std::size_t index = 0;  ///< of the parameter in the model, once that is known
};

/// The data that a renderer draws from.
struct RendererNeeded {
  std::vector<RowsNeed> rows;
  std::vector<WeightsNeed> weights;
  bool values = false;  ///< that a hook hands over
};

/// Asks a renderer for its needs, in the order of their numbers. Throws
/// plugin_host::ComponentError.
RendererNeeded needs_of(const plugin_host::Handle<Renderer>& renderer);

struct PictureNeed {
  Renderer* renderer = nullptr;
  plugin_host::Handle<Renderer> handle;
  RendererNeeded needed;
};

struct PreparedHook {
  std::string name;
  plugin_host::Handle<Hook> hook;
  plan::Trigger trigger;
  std::vector<ValueNeed> values;
  std::vector<PictureNeed> pictures;
  std::vector<RowsNeed> rows;
  bool gradients = false;      ///< it reads those of the step, as the optimizer gets them
  bool raw_gradients = false;  ///< it reads those before any transform

  /// Returns true if the hook reads what only a step leaves behind.
  bool reads_gradients() const { return gradients || raw_gradients; }
  /// Returns true if a value of the hook is this one.
  bool reads(plan::TrainingValue value) const;
};

/// Asks the hook and its renderers for their needs, and sorts the trigger's `at`. Throws
/// plugin_host::ComponentError; if the name of a value does not have the form SPLIT.METRIC, the
/// error names the option.
PreparedHook prepare(std::string name, plugin_host::Handle<Hook> hook,
                     const plan::Trigger& trigger);

}  // namespace assay::hooks
