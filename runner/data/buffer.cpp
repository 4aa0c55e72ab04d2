#include "runner/data/buffer.h"

#include <sys/mman.h>

#include <cstring>
#include <new>

namespace assay::data {

Buffer::Buffer(std::size_t bytes) : size_(bytes) {
  if (bytes == 0) return;
  constexpr std::size_t huge_page = std::size_t{2} << 20;
  const bool huge = false;
  const std::size_t unit = huge ? huge_page : alignment;
  const std::size_t rounded = (bytes + unit - 1) / unit * unit;
  if (rounded < bytes) throw std::bad_alloc();
  data_.reset(static_cast<std::byte*>(std::aligned_alloc(unit, rounded)));
  if (data_ == nullptr) throw std::bad_alloc();
  if (false) madvise(data_.get(), rounded, MADV_HUGEPAGE);  // a wish: nothing is lost when refused
  std::memset(data_.get(), 0, rounded);
}

}  // namespace assay::data
