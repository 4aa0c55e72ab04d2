// Named float32 tensors in the safetensors format (https://github.com/huggingface/safetensors): an
// 8-byte little-endian header size, a JSON header, the numbers. Readable from Python.
#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/tensor.h"
#include "runner/base/folder.h"

namespace assay::run_folder {

struct NamedTensor {
  std::string name;
  Shape shape;
  std::span<const float> values;  ///< row-major
};

/// Writes the file atomically (atomic_file.h). Throws assay::Error.
void write_weights(const base::Folder& folder, std::string_view name,
                   std::span<const NamedTensor> tensors,
                   const std::map<std::string, std::string>& metadata);

struct StoredWeights {
  struct Tensor {
    Shape shape;
    std::vector<float> values;
  };
  std::map<std::string, Tensor> tensors;
  std::map<std::string, std::string> metadata;
};

/// Throws assay::Error that says what is wrong with the file.
StoredWeights read_weights(const std::filesystem::path& path);

/// XXH3-128 over names, shapes and bytes, as 32 hexadecimal digits: two runs with the same digest
/// ended with the same weights to the last bit.
std::string digest(std::span<const NamedTensor> tensors);
/// Of the bytes of a file (config/digest.h); empty where it cannot be read.
std::string file_digest(const std::filesystem::path& path);

}  // namespace assay::run_folder
