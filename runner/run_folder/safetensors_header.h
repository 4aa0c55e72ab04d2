// The header of a safetensors file (https://github.com/huggingface/safetensors): a JSON object that
// names tensors, with their types, shapes and places behind the header.
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
    std::uint64_t begin = 0;  ///< in bytes, behind the header
    std::uint64_t end = 0;
  };
  std::map<std::string, Tensor> tensors;
  std::map<std::string, std::string> metadata;
};

/// Reads a header with `data_bytes` bytes behind it. Nothing in it is believed: the tensors are
/// float32, have the bytes of their shapes, and fill the data one after the other, without gaps.
/// Memory and time are those of the text, however deep it is nested. Throws assay::Error that says
/// what is wrong, without the file's path.
SafetensorsHeader read_safetensors_header(std::string_view json, std::uint64_t data_bytes);

}  // namespace assay::run_folder
