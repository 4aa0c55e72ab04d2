#include "runner/base/shape.h"

namespace assay::base {

std::optional<std::int64_t> elements(const Shape& shape, std::int64_t count) {
  constexpr std::int64_t most = std::int64_t{1} << 56;
  if (count < 1 || count > most) return std::nullopt;
  for (const std::int64_t dimension : shape.dimensions()) {
    if (dimension < 1 || dimension > most / count) return std::nullopt;
    count *= dimension;
  }
  return count;
}

}  // namespace assay::base
