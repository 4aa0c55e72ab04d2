// Memory for what views refer to. It grows and is freed as a whole; what is kept never moves.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace assay::logging {

class Storage {
 public:
  /// Returns memory for this many elements, each default-constructed.
  template <class T>
  std::span<T> make(std::size_t count) {
    static_assert(std::is_trivially_destructible_v<T> && alignof(T) <= alignof(std::max_align_t));
    if (count == 0) return {};
    T* first = static_cast<T*>(allocate(count * sizeof(T), alignof(T)));
    std::uninitialized_value_construct_n(first, count);
    return {first, count};
  }
  /// Returns a copy of the elements. What they refer to is not copied.
  template <class T>
  std::span<const T> keep(std::span<const T> values) {
    const std::span<T> copy = make<T>(values.size());
    std::ranges::copy(values, copy.begin());
    return copy;
  }
  std::string_view keep(std::string_view text) {
    const std::span<const char> copy = keep(std::span(text.data(), text.size()));
    return {copy.data(), copy.size()};
  }

  /// Returns the bytes of memory in use.
  std::size_t bytes() const { return bytes_; }

 private:
  static constexpr std::size_t least = 64;
  static constexpr std::size_t most_ahead = std::size_t{64} << 10;

  void* allocate(std::size_t bytes, std::size_t alignment) {
    std::size_t at = (used_ + alignment - 1) / alignment * alignment;
    if (at + bytes > size_ || blocks_.empty()) {
      const std::size_t size = std::max({bytes, least, std::min(2 * size_, most_ahead)});
      blocks_.push_back(std::make_unique_for_overwrite<std::byte[]>(size));
      bytes_ += size;
      size_ = size;
      at = 0;
    }
    used_ = at + bytes;
    return blocks_.back().get() + at;
  }

  std::vector<std::unique_ptr<std::byte[]>> blocks_;
  std::size_t size_ = 0;   // of the last block
  std::size_t used_ = 0;   // of the last block
  std::size_t bytes_ = 0;  // of all blocks
};

}  // namespace assay::logging
