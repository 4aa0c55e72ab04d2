// What a hook declared that it needs, collected before training.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "assay/hook.h"
#include "runner/plan/plan.h"
#include "runner/plan/value_name.h"
#include "runner/plugin_host/component.h"

namespace assay::hooks {

/// A value that a hook may read.
struct ValueNeed {
  std::string name;    ///< as in the config: "test.loss"
  std::string option;  ///< that holds the name
  plan::ValueSource source = plan::ValueSource::split;
  std::string split;   ///< empty where the source is no split
  std::string metric;  ///< "loss"; of an optimizer the rate: "learning_rate"
};

/// The data that a renderer draws from.
struct RendererNeed {
  std::string split;
  std::string option;  ///< of the renderer, that holds the split
  std::int64_t rows = 0;
  bool outputs = false;
};

/// Asks a renderer. It may declare the same need several times, as one does that contains others.
/// Throws plugin_host::ComponentError.
RendererNeed need_of(const plugin_host::Handle<Renderer>& renderer);

struct PictureNeed {
  const Renderer* renderer = nullptr;
  plugin_host::Handle<Renderer> handle;
  std::string split;
  std::string option;  ///< of the renderer, that holds the split
  std::int64_t rows = 0;
  bool outputs = false;
};

struct PreparedHook {
  std::string name;
  plugin_host::Handle<Hook> hook;
  plan::Trigger trigger;
  std::vector<ValueNeed> values;
  std::vector<PictureNeed> pictures;
};

/// Asks the hook, and the renderers that it names; the trigger's `at` is put in order. Throws
/// plugin_host::ComponentError; the option of the error is set where a value's name has not the
/// form SPLIT.METRIC.
PreparedHook prepare(std::string name, plugin_host::Handle<Hook> hook,
                     const plan::Trigger& trigger);

}  // namespace assay::hooks
