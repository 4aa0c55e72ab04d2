// Shows the training rows to components with the facet Fits, before training.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>

#include "assay/fits.h"
#include "runner/data/rows.h"
#include "runner/plugin_host/component.h"
#include "runner/train/nan_hunt.h"
#include "runner/train/transforms.h"

namespace assay::train {

/// The training rows as a component that fits gets them.
struct FitRows {
  const data::Rows& rows;
  const Transforms& transforms;
  std::size_t count = 0;    ///< the number of transforms that they have passed, in evaluation mode
  bool any_values = false;  ///< values that are not finite are passed on as well
};

/// Calls visit(samples, targets) for all rows in their order, in blocks. Only one block is in
/// memory unless the split is. Stops before the first block with a value that is not finite, and
/// returns that value, unless any value will do. Throws plugin_host::ComponentError.
using FitVisit = std::function<void(MatrixView<const float>, ConstTensorView)>;
std::optional<BadSample> visit_blocks(const FitRows& rows, const FitVisit& visit);

/// Lets a component with the facet Fits learn from the rows. Returns the first value that is not
/// finite, as visit_blocks() does; the component is not fitted then. Throws
/// plugin_host::ComponentError.
template <class Interface>
std::optional<BadSample> fit(const plugin_host::Handle<Interface>& component, const FitRows& rows) {
  auto bad = visit_blocks(rows, [&](MatrixView<const float> samples, ConstTensorView targets) {
    component.template call_facet<Fits>([&](Fits& fits) { fits.fit(samples, targets); });
  });
  if (!bad) component.template call_facet<Fits>([](Fits& fits) { fits.fitted(); });
  return bad;
}

}  // namespace assay::train
