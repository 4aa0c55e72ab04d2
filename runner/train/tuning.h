// The weights that training leaves alone or moves at another rate than the rest.
#pragma once

#include <cstddef>
#include <vector>

#include "assay/optimizer.h"
#include "runner/plugin_host/component.h"

namespace assay::train {

struct Tuning {
  /// An optimizer of the same type and options for the weights whose rates have a factor. It is a
  /// component of its own, because begin_step() sets a rate for all slices that follow.
  struct Group {
    plugin_host::Handle<Optimizer> optimizer;
    double factor = 1;  ///< of its rates
  };

  std::vector<bool> frozen;  ///< by parameter; empty: none is
  std::vector<Group> groups;
  std::vector<std::size_t> group_of;  ///< by parameter, a number of `groups` + 1; empty or 0: none
};

}  // namespace assay::train
