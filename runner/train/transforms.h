// The transforms of an experiment, in a chain. They change samples on their way from the dataset to
// the model.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "assay/model.h"
#include "assay/transform.h"
#include "runner/base/buffer.h"
#include "runner/plugin_host/component.h"

namespace assay::train {

class Transforms {
 public:
  /// The memory of one thread for a block of rows. The transforms write to both buffers in turn.
  using Scratch = std::array<base::Buffer, 2>;

  /// No transforms: samples stay as they are.
  Transforms() = default;
  /// A chain for samples of this shape, empty at first. The keys of its transforms follow from the
  /// run's seed.
  Transforms(const Shape& sample, std::uint64_t seed) : seed_(seed), shapes_{sample} {}

  /// Adds a transform at the end, and asks it for its shape. Throws ComponentError if it refuses
  /// the samples that it would get; assay::Error, with its name, for an impossible shape.
  void add(plugin_host::Handle<Transform> transform);

  bool empty() const { return chain_.empty(); }
  std::size_t count() const { return chain_.size(); }
  const plugin_host::Handle<Transform>& at(std::size_t index) const { return chain_.at(index); }
  /// Returns the shape of a sample as the first `count` transforms leave it.
  const Shape& shape(std::size_t count) const { return shapes_.at(count); }
  /// Returns the shape of a sample as the model gets it.
  const Shape& shape() const { return shapes_.back(); }

  /// Returns the key of the transform at this position of the chain: its stream of random numbers
  /// is fold_in(fold_in(key(seed), 0x7472616e), position), with threefry.h, and the key has the
  /// stream's high word above the low one. 0x7472616e ("tran") is not the number of any parameter,
  /// so no transform shares a stream with the initial weights.
  std::uint64_t key(std::size_t index) const;

  /// Returns the bytes that each buffer of a Scratch needs for blocks of this many rows.
  std::array<std::size_t, 2> scratch_bytes(std::int64_t rows) const;
  Scratch scratch(std::int64_t rows) const;

  /// The context of a block; each transform has a key of its own.
  struct Block {
    Mode mode = Mode::evaluation;
    std::int64_t step = 0;
    std::int64_t first_row = 0;
  };
  /// Returns the rows of a block as the first `count` transforms leave them: in `scratch`, or `x`
  /// itself if there are none. May be called from any thread. Throws ComponentError.
  MatrixView<const float> apply(const Block& block, MatrixView<const float> x, Scratch& scratch,
                                std::size_t count) const;
  MatrixView<const float> apply(const Block& block, MatrixView<const float> x,
                                Scratch& scratch) const {
    return apply(block, x, scratch, count());
  }

 private:
  std::uint64_t seed_ = 0;
  std::vector<Shape> shapes_;  ///< that of the dataset's samples, and what each transform leaves
  std::vector<plugin_host::Handle<Transform>> chain_;
};

}  // namespace assay::train
