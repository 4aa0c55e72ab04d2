// The content of a record with everything that it refers to, so that it outlives the call that logs
// it.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "assay/record.h"
#include "runner/logging/storage.h"

namespace assay::logging {

/// Returns a text from a component with secrets masked.
using Mask = std::function<std::string(std::string_view)>;

class StoredContent {
 public:
  /// Copies a content of `size` bytes; an older plugin knows fewer members than the host. Throws
  /// assay::Error if it breaks a rule of record.h, or if its type is not known. Without a mask,
  /// texts are kept as they are.
  StoredContent(ContentType type, const void* content, std::size_t size, const Mask& mask = {});
  template <Content T>
  explicit StoredContent(const T& content, const Mask& mask = {})
      : StoredContent(T::type, &content, sizeof content, mask) {}

  StoredContent(const StoredContent&) = delete;
  StoredContent& operator=(const StoredContent&) = delete;

  /// Returns a record that borrows the content.
  Record record(const Tag& tag, std::int64_t step, double wall_time) const {
    return {tag, step, wall_time, type_, content_};
  }
  /// Returns the bytes of memory in use.
  std::size_t bytes() const { return sizeof *this + storage_.bytes(); }

 private:
  Storage storage_;
  ContentType type_;
  const void* content_;  // in storage_
};

}  // namespace assay::logging
