// Reads the reference values in tests/reference/.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace assay::test {

std::string reference_file(const std::string& name);

/// Reads a file of tests/reference/.
nlohmann::json read_json(const std::string& name);

/// Reads rows of numbers; skips a first line that contains letters.
std::vector<std::vector<double>> read_csv(const std::string& path);

struct Safetensors {
  struct Tensor {
    std::vector<std::int64_t> shape;
    std::vector<float> values;  ///< row-major
  };
  std::map<std::string, Tensor> tensors;
  std::map<std::string, std::string> metadata;
};
/// Reads float32 tensors only.
Safetensors read_safetensors(const std::string& path);

}  // namespace assay::test
