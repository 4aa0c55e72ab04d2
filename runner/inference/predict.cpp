#include "runner/inference/predict.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "assay/error.h"
#include "runner/base/mapped_file_loss.h"
#include "runner/data/not_finite.h"
#include "runner/inference/background_writer.h"

namespace assay::inference {
namespace {

// The rows and numbers that are predicted between two writes.
constexpr std::int64_t most_rows = 1 << 14;
constexpr std::int64_t most_numbers = 1 << 20;

bool is_finite(std::span<const float> values) {
  return std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
}

[[noreturn]] void refuse(const data::Rows& rows, std::int64_t position) {
  if (const auto found = data::find_not_finite(rows, std::array{position}))
    throw Error(data::described(*found) + "; fix this row or leave it out");
  throw Error(
      fmt::format("the outputs of the model for row {} of the dataset, counted from 0, are "
                  "not finite; values that are far too large are often the cause",
                  rows.number(position)));
}

// Predicts blocks of rows, as bytes of a file.
class Predictor {
 public:
  Predictor(TrainedModel& model, const data::Rows& rows, FileType type)
      : model_(model),
        rows_(rows),
        lanes_(rows.count, model.network().rule()),
        columns_(columns_of(meaning_of(model.loss(), model.trained_on().target,
                                       model.network().description().outputs),
                            model.network().description().outputs, model.trained_on().class_names)),
        format_(make_format(type, columns_)) {}

  std::string header() const { return format_->header(rows_.count); }
  std::int64_t blocks() const { return lanes_.blocks(); }
  /// Returns how many blocks are worth a round of all threads.
  std::int64_t blocks_at_once() const {
    const std::int64_t rows = std::min(most_rows, most_numbers / columns_.count);
    const auto threads = static_cast<std::int64_t>(model_.network().bench_count());
    return std::max(rows / lanes_.block_rows(), threads);
  }

  /// Writes a text for each block of the range into `piece`.
  void predict(train::Range blocks, BackgroundWriter::Piece& piece) {
    constexpr std::int64_t none = -1;
    piece.resize(static_cast<std::size_t>(blocks.count));
    std::vector<std::int64_t> not_finite(piece.size(), none);  // the first such row of each block
    model_.network().outputs(rows_, model_.step(), blocks,
                             [&](std::int64_t i, const train::BlockOutputs& block) {
                               const auto index = static_cast<std::size_t>(i);
                               if (const auto found = append(block, piece[index]))
                                 not_finite[index] = *found;
                             });
    for (const std::int64_t position : not_finite)
      if (position != none) refuse(rows_, position);
  }

 private:
  // Returns the position of the first row that is not finite.
  std::optional<std::int64_t> append(const train::BlockOutputs& block, std::string& text) const {
    text.clear();
    std::vector<float> numbers(static_cast<std::size_t>(columns_.count));
    for (std::int64_t i = 0; i < block.outputs.rows; ++i) {
      const std::int64_t position = block.first_row + i;
      const std::span<const float> outputs = block.outputs.row_span(i);
      if (!is_finite(block.samples.row_span(i)) || !is_finite(outputs)) return position;
      const std::size_t of_class = predicted(columns_.meaning, outputs, numbers);
      format_->append({rows_.number(position), of_class, numbers}, text);
    }
    return std::nullopt;
  }

  TrainedModel& model_;
  const data::Rows& rows_;
  const train::Lanes lanes_;
  const Columns columns_;
  const std::unique_ptr<PredictionFormat> format_;
};

}  // namespace

bool predict(TrainedModel& model, const data::Rows& rows, FileType type, ByteSink& sink,
             const std::atomic<int>& stop) {
  const base::MappedFileWatch watch(0);
  Predictor predictor(model, rows, type);
  {
    BackgroundWriter writer(sink);
    BackgroundWriter::Piece piece = writer.write({predictor.header()});
    const std::int64_t step = predictor.blocks_at_once();
    for (std::int64_t first = 0; first < predictor.blocks(); first += step) {
      if (stop != 0) return false;
      predictor.predict({first, std::min(step, predictor.blocks() - first)}, piece);
      piece = writer.write(std::move(piece));
    }
    writer.finish();
  }
  if (stop != 0) return false;
  sink.finish();
  return true;
}

}  // namespace assay::inference
