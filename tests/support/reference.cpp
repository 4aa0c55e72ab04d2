#include "tests/support/reference.h"

#include <cctype>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

#include "tests/support/component.h"

namespace assay::test {

std::string reference_file(const std::string& name) {
  return source_folder() + "/tests/reference/" + name;
}

nlohmann::json read_json(const std::string& name) {
  std::ifstream file(reference_file(name));
  return nlohmann::json::parse(file);
}

std::vector<std::vector<double>> read_csv(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  std::vector<std::vector<double>> rows;
  for (std::string line; std::getline(file, line);) {
    if (std::isalpha(static_cast<unsigned char>(line.at(0)))) continue;
    std::stringstream cells(line);
    std::vector<double>& row = rows.emplace_back();
    for (std::string cell; std::getline(cells, cell, ',');) row.push_back(std::stod(cell));
  }
  return rows;
}

Safetensors read_safetensors(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  std::uint64_t size = 0;
  std::memcpy(&size, bytes.data(), sizeof size);
  const auto header = nlohmann::json::parse(bytes.substr(8, size));
  Safetensors result;
  for (const auto& [name, entry] : header.items()) {
    if (name == "__metadata__") {
      result.metadata = entry.get<std::map<std::string, std::string>>();
      continue;
    }
    if (entry.at("dtype") != "F32") throw std::runtime_error(name + " is not float32");
    const auto begin = entry.at("data_offsets").at(0).get<std::size_t>();
    const auto end = entry.at("data_offsets").at(1).get<std::size_t>();
    Safetensors::Tensor& tensor = result.tensors[name];
    tensor.shape = entry.at("shape").get<std::vector<std::int64_t>>();
    tensor.values.resize((end - begin) / sizeof(float));
    if (end != begin)
      std::memcpy(tensor.values.data(), bytes.data() + 8 + size + begin, end - begin);
  }
  return result;
}

}  // namespace assay::test
