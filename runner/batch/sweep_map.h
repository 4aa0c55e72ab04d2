// The sweep of a config, `sweep:`, in the grammar of arguments (sweep.h).
//
//   sweep:
//     optimizer.learning_rate: [0.01, 0.1]      each of these values
//     seed: range(0,5)                          what may stand behind `seed=`
//     zip:                                      these vary together; also a list of such maps
//       model.hidden: [[64], [100, 100]]
//       train.epochs: [20, 10]
#pragma once

#include <vector>

#include "runner/batch/sweep.h"
#include "runner/config/diagnostics.h"
#include "runner/config/node.h"

namespace assay::batch {

/// Reads the value of `sweep`. Reports each problem at its place.
std::vector<Axis> read_sweep_map(const config::Node& map, config::Diagnostics& diagnostics);

/// Returns the axes of a config with a sweep of arguments behind them. An argument for a key, sweep
/// or not, takes the place of an axis of this key; of keys that vary together, it takes out the
/// one. `~sweep` leaves out all axes of the config, and `~sweep.KEY` one. Throws assay::Error if
/// there is none to leave out.
Sweep with_arguments(const std::vector<Axis>& of_config, const Sweep& arguments);

}  // namespace assay::batch
