// What would not fit into this machine, known before any memory is asked for.
#pragma once

#include <cstdint>

namespace assay::experiment {

/// Of a dataset: the order of its rows, and the splits that it is cut into. Throws assay::Error.
void check_rows_fit(std::int64_t rows);

/// Weights, and a gradient for each lane: the least that training holds. Throws assay::Error.
void check_parameters_fit(std::int64_t parameters, std::int64_t lanes);

}  // namespace assay::experiment
