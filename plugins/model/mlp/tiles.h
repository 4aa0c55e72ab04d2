// Divides the work of the kernels. Compiled once per instruction set: see simd/vector.h.
#pragma once

#include "simd/vector.h"

namespace assay::mlp {
namespace {

using simd::Index;
using simd::load;
using simd::splat;
using simd::store;
using simd::V;
using simd::width;

constexpr Index smaller(Index a, Index b) { return a < b ? a : b; }
constexpr Index larger(Index a, Index b) { return a < b ? b : a; }
constexpr Index quotient_up(Index a, Index b) { return (a + b - 1) / b; }

/// Divides `total` things into tiles of at most `maximum`, as equal as possible.
class Tiles {
 public:
  Tiles(Index total, Index maximum)
      : count_(quotient_up(total, maximum)),
        size_(total / larger(count_, 1)),
        longer_(total - count_ * size_) {}
  Index count() const { return count_; }
  Index first(Index tile) const { return tile * size_ + smaller(tile, longer_); }
  Index size(Index tile) const { return size_ + (tile < longer_ ? 1 : 0); }

 private:
  Index count_, size_, longer_;
};

}  // namespace
}  // namespace assay::mlp
