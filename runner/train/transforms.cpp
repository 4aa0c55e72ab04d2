#include "runner/train/transforms.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "assay/error.h"
#include "runner/base/shape.h"
#include "runner/train/threefry.h"

namespace assay::train {

void Transforms::add(plugin_host::Handle<Transform> transform) {
  const Shape shape = transform.call([&](Transform& t) { return t.shape(shapes_.back()); });
  if (!base::elements(shape))
    throw Error(
        fmt::format("{}: transformed samples of shape {} are not possible; expected dimensions of "
                    "1 or more, and no "
                    "more than 2^56 elements in all",
                    transform.who(), fmt::join(shape.dimensions(), "x")));
  shapes_.push_back(shape);
  chain_.push_back(std::move(transform));
}

std::uint64_t Transforms::key(std::size_t index) const {
  constexpr std::uint32_t of_transforms = 0x7472616e;
  const Words stream =
      fold_in(fold_in(train::key(seed_), of_transforms), static_cast<std::uint32_t>(index));
  return std::uint64_t{stream.high} << 32 | stream.low;
}

std::array<std::size_t, 2> Transforms::scratch_bytes(std::int64_t rows) const {
  std::array<std::size_t, 2> bytes = {};
  for (std::size_t i = 0; i < chain_.size(); ++i) {
    const auto elements = static_cast<std::size_t>(shapes_[i + 1].elements());
    bytes[i % 2] =
        std::max(bytes[i % 2], static_cast<std::size_t>(rows) * elements * sizeof(float));
  }
  return bytes;
}

Transforms::Scratch Transforms::scratch(std::int64_t rows) const {
  const auto bytes = scratch_bytes(rows);
  return {base::Buffer(bytes[0]), base::Buffer(bytes[1])};
}

MatrixView<const float> Transforms::apply(const Block& block, MatrixView<const float> x,
                                          Scratch& scratch, std::size_t count) const {
  TransformPass pass{block.mode, 0, block.step, block.first_row};
  for (std::size_t i = 0; i < count; ++i) {
    const std::int64_t columns = shapes_[i + 1].elements();
    const MatrixView<float> y{scratch[i % 2].as<float>(), x.rows, columns, columns};
    pass.key = key(i);
    chain_[i].call([&](const Transform& t) { t.apply(pass, x, y); });
    x = {y.data, y.rows, y.columns, y.stride};
  }
  return x;
}

}  // namespace assay::train
