// The header of a safetensors file (https://github.com/huggingface/safetensors): a JSON object with
// the names of tensors, their types, shapes, and positions after the header.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "assay/tensor.h"

namespace assay::state {

struct SafetensorsHeader {
  struct Tensor {
    DType type = DType::float32;
    Shape shape;
    std::uint64_t begin = 0;  ///< in bytes, after the header
    std::uint64_t end = 0;
  };
  /// A tensor of a type that Assay does not compute with.
  struct Other {
    std::string type;  ///< the format's name of it: "BF16"
    Shape shape;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
  };
  std::map<std::string, Tensor> tensors;
  std::map<std::string, Other> others;  ///< empty if other types are refused
  std::map<std::string, std::string> metadata;
};

/// The treatment of tensors of types that Assay does not compute with: Assay writes none, but other
/// programs do.
enum class OtherTypes { refused, listed };

/// Returns the format's name of a type: "F32", "F64", "I32", "I64", "U8".
std::string_view safetensors_name(DType type);

/// Reads a header with `data_bytes` bytes after it. It checks everything: the tensors are of these
/// types, have the sizes of their shapes, and fill the data one after the other, without gaps.
/// Memory and time are proportional to the text, however deep it is nested. Throws assay::Error
/// that says what is wrong, without the file's path.
SafetensorsHeader read_safetensors_header(std::string_view json, std::uint64_t data_bytes,
                                          OtherTypes other_types = OtherTypes::refused);

}  // namespace assay::state
