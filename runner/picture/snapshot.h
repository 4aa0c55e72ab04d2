// The values of a picture, kept until it is drawn.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "assay/renderer.h"
#include "runner/data/rows.h"

namespace assay::picture {

/// Immutable once created; it shares the rows with others that need them.
struct StoredSnapshot {
  std::int64_t step = 0;
  std::shared_ptr<const data::Rows> rows;
  std::int64_t count = 0;      ///< the number of rows, counted from the first
  std::vector<float> outputs;  ///< [count, columns]; empty unless asked for
  std::int64_t columns = 0;

  /// Returns a view that is valid as long as this object.
  Snapshot view() const {
    Snapshot snapshot;
    snapshot.step = step;
    snapshot.sample_shape = rows->sample_shape;
    snapshot.samples = rows->samples().slice(0, count);
    snapshot.target = rows->target;
    snapshot.targets = rows->targets().rows(0, count);
    if (columns > 0) snapshot.outputs = {outputs.data(), count, columns, columns};
    snapshot.class_names = rows->class_names();
    return snapshot;
  }
};

}  // namespace assay::picture
