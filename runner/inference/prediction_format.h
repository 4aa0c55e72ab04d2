// The formats in which predictions are written: CSV, NumPy's .npy, and JSON lines.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/tensor.h"
#include "runner/inference/output_meaning.h"

namespace assay::inference {

enum class FileType { csv, npy, jsonl };

/// Returns the type of this name, "csv".
std::optional<FileType> file_type_named(std::string_view name);
/// Returns the type for a file's suffix; nothing for other suffixes.
std::optional<FileType> file_type_of(std::string_view file_name);

/// The columns of predictions.
struct Columns {
  Meaning meaning = Meaning::numbers;
  std::int64_t count = 0;            ///< of predicted numbers in a row
  std::vector<std::string> classes;  ///< their names, each once; empty for Meaning::numbers

  /// Returns what a number is: "probability", "score" or "output".
  std::string_view word() const;
  /// Returns the name of each number: that of its class, or its position.
  std::vector<std::string> names() const;
};

/// Returns the columns of a model's predictions. A class that has the same name as an earlier one
/// gets its number appended: "cat (3)".
Columns columns_of(Meaning meaning, std::int64_t outputs, std::span<const std::string> classes);

struct Prediction {
  std::int64_t row = 0;  ///< its number in the dataset
  std::size_t predicted_class = 0;
  std::span<const float> numbers;  ///< finite
};

/// Turns predictions into bytes of a file. Several threads may call append() at once.
class PredictionFormat {
 public:
  virtual ~PredictionFormat() = default;
  /// Returns the header before the predictions of this many rows.
  virtual std::string header(std::int64_t rows) const = 0;
  virtual void append(const Prediction& prediction, std::string& out) const = 0;
};

/// CSV (RFC 4180, with "\n" at the end of lines): a line of names, then the columns `row`, `class`
/// (if there are classes) and `probability_NAME` for each class; `score_NAME`, `output`, or
/// `output_0`, ... if the numbers are those.
///
/// npy: a structured array with the fields `row` (int64), `class` (text) and `probability`
/// (float32, one for each class); `score` or `output` as above.
///
/// JSON lines: an object for each row, {"row": 0, "class": "cat", "probability": {"cat": 0.75,
/// "dog": 0.25}}; {"row": 0, "output": [1.5]} if there are no classes.
///
/// Numbers in text are the shortest that read back as the same float32.
std::unique_ptr<PredictionFormat> make_format(FileType type, const Columns& columns);

}  // namespace assay::inference
