// The header of a safetensors file (https://github.com/huggingface/safetensors): a JSON object with
// the names of tensors, their types, shapes, and positions after the header.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "assay/tensor.h"

namespace assay::run_folder {

struct SafetensorsHeader {
  struct Tensor {
    Shape shape;              ///< of float32
    std::uint64_t begin = 0;  ///< in bytes, after the header
    std::uint64_t end = 0;
  };
  std::map<std::string, Tensor> tensors;
  std::map<std::string, std::string> metadata;
};

/// Reads a header that `data_bytes` bytes follow, and trusts nothing in it. The tensors must be
/// float32, have the sizes of their shapes, and fill the data one after the other, without gaps.
/// Memory and time are proportional to the text, however deep its nesting. Throws assay::Error that
/// says what is wrong, without the file's path.
SafetensorsHeader read_safetensors_header(std::string_view json, std::uint64_t data_bytes);

}  // namespace assay::run_folder
