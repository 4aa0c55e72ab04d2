// Kind `dataset`: rows of samples with a target each. The host cuts them into splits, shuffles, and
// decides what is read when.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "assay/kind.h"
#include "assay/tensor.h"

namespace assay {

/// What is to be predicted for one row.
struct Target {
  DType dtype = DType::int32;  ///< int32: the index of a class; float32: numbers
  Shape shape;                 ///< of one row's target; a class index is a scalar
  std::int64_t classes = 0;    ///< the number of classes; 0 where the target is not a class
};

/// Filled by Dataset::describe. Strings are copied.
class DatasetDescription {
 public:
  /// The number of rows and the shape of one sample, e.g. {8, 8}.
  virtual void samples(std::int64_t rows, const Shape& shape) = 0;
  /// Each row belongs to one of these classes; the target is its index (int32).
  virtual void classes(std::span<const std::string_view> names) = 0;
  /// Each row's target is numbers (float32) of this shape.
  virtual void values(const Shape& shape) = 0;
  /// A split that comes with the data ("train", "test", ...), as row numbers. A dataset that
  /// declares none is split by the config's `split`.
  virtual void split(std::string_view name, std::span<const std::int64_t> rows) = 0;

 protected:
  ~DatasetDescription() = default;
};

class Dataset {
 public:
  static constexpr Kind kind = Kind::dataset;
  virtual ~Dataset() = default;

  /// Called once, before anything else. Exactly one of classes() and values() must be declared.
  virtual void describe(DatasetDescription& description) const = 0;

  /// Writes the samples of the given rows: [rows.size(), elements of a sample]. Repeatable; called
  /// from several threads at once, before training and during it. Throws Error for data that cannot
  /// be read.
  virtual void read_samples(std::span<const std::int64_t> rows, MatrixView<float> out) const = 0;

  /// Writes the targets of the given rows: [rows.size(), ...], contiguous, of the declared type.
  /// What is said of read_samples holds here too.
  virtual void read_targets(std::span<const std::int64_t> rows, TensorView out) const = 0;

  /// All samples in row order as they lie in memory (or in a mapped file) as float32, aligned like
  /// any float; an empty view otherwise. Valid as long as the dataset. The host takes rows from
  /// here instead of asking for them, and makes no copy of a large dataset.
  virtual MatrixView<const float> samples() const { return {}; }
};

}  // namespace assay
