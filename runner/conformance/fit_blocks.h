// Shows rows to a component with the facet Fits, as the host does before training.
#pragma once

#include <algorithm>
#include <cstdint>

#include "assay/fits.h"
#include "runner/conformance/neutral.h"
#include "runner/plugin_host/component.h"

namespace assay::conformance {

/// Lets the component learn from the rows in blocks of this height, and ends the fit. Throws
/// plugin_host::ComponentError.
template <class Interface>
void fit_blocks(const plugin_host::Handle<Interface>& component, MatrixView<const float> samples,
                const TargetRows& targets, std::int64_t height) {
  component.template call_facet<Fits>([&](Fits& fits) {
    for (std::int64_t first = 0; first < samples.rows; first += height) {
      const std::int64_t count = std::min(height, samples.rows - first);
      fits.fit(samples.slice(first, count), targets.rows(first, count));
    }
    fits.fitted();
  });
}

}  // namespace assay::conformance
