#include "tests/plugins/renderer/digits.h"

#include <nlohmann/json.hpp>

#include "tests/support/component.h"
#include "tests/support/reference.h"

namespace assay::test {
namespace {

std::vector<std::size_t> indices(const std::string& file, const std::string& key) {
  return read_json(file).at(key).get<std::vector<std::size_t>>();
}

void append(Digits& digits, const std::vector<double>& row) {
  for (std::size_t i = 0; i < 64; ++i) digits.samples.push_back(static_cast<float>(row[i]));
  digits.targets.push_back(static_cast<std::int32_t>(row.at(64)));
}

}  // namespace

Snapshot Digits::snapshot() {
  const auto rows = static_cast<std::int64_t>(targets.size());
  Snapshot result;
  result.sample_shape = shape;
  result.target = {.dtype = DType::int32, .shape = {}, .classes = 10};
  result.class_names = names;
  view = {{samples.data(), rows, shape.elements(), shape.elements()},
          ConstTensorView(targets.data(), DType::int32, {rows}),
          {}};
  if (!outputs.empty()) view.outputs = {outputs.data(), rows, 10, 10};
  result.rows = {&view, 1};
  return result;
}

Digits digits_in_order(std::int64_t rows) {
  const auto table = read_csv(source_folder() + "/data/digits.csv");
  Digits digits;
  for (std::int64_t i = 0; i < rows; ++i) append(digits, table.at(static_cast<std::size_t>(i)));
  return digits;
}

Digits digits_predicted(std::int64_t rows, const std::string& step) {
  const auto table = read_csv(source_folder() + "/data/digits.csv");
  const auto split = indices("split_seed0.json", "test");
  const auto predictions = indices("test_predictions.json", step);
  Digits digits;
  digits.outputs.resize(static_cast<std::size_t>(rows) * 10);
  for (std::size_t i = 0; i < static_cast<std::size_t>(rows); ++i) {
    append(digits, table.at(split.at(i)));
    digits.outputs[10 * i + predictions.at(i)] = 1;
  }
  return digits;
}

}  // namespace assay::test
