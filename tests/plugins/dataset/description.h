// Collects the description of a dataset.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/dataset.h"
#include "assay/error.h"

namespace assay::test {

class Description final : public DatasetDescription {
 public:
  explicit Description(const Dataset& dataset) { dataset.describe(*this); }
  void samples(std::int64_t n, const Shape& s) override {
    rows = n;
    shape = s;
  }
  void classes(std::span<const std::string_view> names) override {
    class_names.assign(names.begin(), names.end());
  }
  void values(const Shape& s) override { value_shape = s; }
  void split(std::string_view name, std::span<const std::int64_t> /*rows*/) override {
    throw Error("a split: " + std::string(name));
  }

  std::int64_t rows = 0;
  Shape shape;
  std::vector<std::string> class_names;
  std::optional<Shape> value_shape;  ///< of targets that are values
};

/// The rows that read() returns.
struct ReadRows {
  std::vector<float> samples;
  std::vector<std::int32_t> classes;
  bool operator==(const ReadRows&) const = default;
};

inline ReadRows read_rows(const Dataset& dataset, std::span<const std::int64_t> rows) {
  const Description description(dataset);
  const std::int64_t columns = description.shape.elements();
  const auto count = static_cast<std::int64_t>(rows.size());
  ReadRows read{std::vector<float>(rows.size() * static_cast<std::size_t>(columns)),
                std::vector<std::int32_t>(rows.size())};
  dataset.read_samples(rows, {read.samples.data(), count, columns, columns});
  dataset.read_targets(rows, {read.classes.data(), DType::int32, {count}});
  return read;
}

}  // namespace assay::test
