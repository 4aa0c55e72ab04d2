// The results that a metric declares.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "assay/metric.h"
#include "runner/plugin_host/component.h"

namespace assay::train {

struct ResultInfo {
  std::string name;       ///< "f1"; empty for the result that has the metric's own name
  std::size_t first = 0;  ///< of its values, among those of all results
  std::size_t size = 1;
};

/// Asks a metric that was prepared. Throws plugin_host::ComponentError; assay::Error for results
/// that cannot be named or held.
std::vector<ResultInfo> results_of(const plugin_host::Handle<Metric>& metric);

}  // namespace assay::train
