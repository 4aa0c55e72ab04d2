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
    std::uint64_t begin = 0;  ///< in bytes, behind the header
    std::uint64_t end = 0;
  };
  std::map<std::string, Tensor> tensors;
  std::map<std::string, std::string> metadata;
};

/// Returns the format's name of a type: "F32", "F64", "I32", "I64", "U8".
std::string_view safetensors_name(DType type);

/// Reads a header with `data_bytes` bytes behind it. Nothing in it is believed: the tensors are of
/// these types, have the sizes of their shapes, and fill the data one after the other, without
/// gaps. Memory and time are those of the text, however deep it is nested. Throws assay::Error that
/// says what is wrong, without the file's path.
SafetensorsHeader read_safetensors_header(std::string_view json, std::uint64_t data_bytes);

}  // namespace assay::state
