// Kind `dataset`: rows of samples with a target each. The host cuts them into splits, shuffles, and
// decides what is read when.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "assay/kind.h"
#include "assay/tensor.h"

namespace assay {

/// Describes what the model predicts for one row.
struct Target {
  DType dtype = DType::int32;  ///< int32: the index of a class; float32: numbers
  Shape shape;                 ///< of one row's target; a class index is a scalar
  std::int64_t classes = 0;    ///< the number of classes; 0 if the target is not a class
};

/// Filled by Dataset::describe. Strings are copied.
class DatasetDescription {
 public:
  /// Declares the number of rows and the shape of one sample, e.g. {8, 8}.
  virtual void samples(std::int64_t rows, const Shape& shape) = 0;
  /// Declares classes: each row belongs to one of these; the target is its index (int32).
  virtual void classes(std::span<const std::string_view> names) = 0;
  /// Declares values: each row's target is numbers (float32) of this shape.
  virtual void values(const Shape& shape) = 0;
  /// Declares a split that comes with the data ("train", "test", ...), as row numbers. If a dataset
  /// declares none, the config's `split` splits it.
  virtual void split(std::string_view name, std::span<const std::int64_t> rows) = 0;

 protected:
  ~DatasetDescription() = default;
};

class Dataset {
 public:
  static constexpr Kind kind = Kind::dataset;
  virtual ~Dataset() = default;

  /// Describes the dataset. Called once, before anything else. It must declare exactly one of
  /// classes() and values().
  virtual void describe(DatasetDescription& description) const = 0;

  /// Writes the samples of the given rows: [rows.size(), elements of a sample]. The same rows
  /// always give the same samples. The host calls this from several threads at once, before
  /// training and during it. Throws Error for data that it cannot read.
  virtual void read_samples(std::span<const std::int64_t> rows, MatrixView<float> out) const = 0;

  /// Writes the targets of the given rows: [rows.size(), ...], contiguous, of the declared type.
  /// The rules of read_samples apply here too.
  virtual void read_targets(std::span<const std::int64_t> rows, TensorView out) const = 0;

  /// Returns all samples in row order if they lie in memory (or in a mapped file) as float32,
  /// aligned like any float; an empty view otherwise. The view stays valid as long as the dataset.
  /// The host then reads rows from it directly and does not copy a large dataset.
  virtual MatrixView<const float> samples() const { return {}; }
};

}  // namespace assay
