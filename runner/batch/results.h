// The results of a batch as a table.
#pragma once

#include <span>

#include "runner/batch/batch.h"
#include "runner/batch/run_status.h"
#include "runner/batch/table.h"

namespace assay::batch {

/// Returns the results: what varies, state, steps, the values of every scalar tag, digest of the
/// weights, key. A tag TAG has its last value in a column of its name, and its best one in "TAG
/// best" with the step of "TAG best step"; where its direction is not known, "TAG min" and "TAG
/// max" with their steps. A row for each run, in the order of the batch.
Table results(const Batch& batch, std::span<const Status> statuses);

/// Returns the results sorted by key: a table that depends on nothing but the results. A run that
/// did not come to an end by itself has no values there: how far it came is chance.
Table results_by_key(const Batch& batch, std::span<const Status> statuses);

/// Returns what differs from time to time: name, state, start, end, seconds, threads, attempts,
/// host, reason of a failure, folder, and why a run was done again. In the order of the batch.
Table circumstances(const Batch& batch, std::span<const Status> statuses);

/// Writes table.csv, the results by key, and runs.csv, the circumstances. Throws assay::Error.
void write_tables(const Batch& batch, std::span<const Status> statuses);

}  // namespace assay::batch
