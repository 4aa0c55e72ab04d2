// Predicts rows with a trained model, and writes the predictions.
#pragma once

#include <atomic>

#include "runner/data/rows.h"
#include "runner/inference/byte_sink.h"
#include "runner/inference/prediction_format.h"
#include "runner/inference/trained_model.h"

namespace assay::inference {

/// Writes a prediction for each of the rows, in their order, with the same bytes for any number of
/// threads, and finishes the sink. Returns false, without finishing it, if `stop` becomes other
/// than 0 before that. Throws assay::Error for samples and outputs that are not finite, and what
/// the sink throws.
bool predict(TrainedModel& model, const data::Rows& rows, FileType type, ByteSink& sink,
             const std::atomic<int>& stop);

}  // namespace assay::inference
