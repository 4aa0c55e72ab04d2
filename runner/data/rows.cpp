#include "runner/data/rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "assay/error.h"

namespace assay::data {
namespace {

class Describer final : public DatasetDescription {
 public:
  explicit Describer(Description& out) : out_(out) {}
  void samples(std::int64_t rows, const Shape& shape) override {
    out_.rows = rows;
    out_.sample_shape = shape;
  }
  void classes(std::span<const std::string_view> names) override {
    out_.class_names.assign(names.begin(), names.end());
    out_.target = {DType::int32, {}, static_cast<std::int64_t>(names.size())};
    ++targets_;
  }
  void values(const Shape& shape) override {
    out_.target = {DType::float32, shape, 0};
    ++targets_;
  }
  void split(std::string_view name, std::span<const std::int64_t> rows) override {
    out_.splits.push_back({std::string(name), {rows.begin(), rows.end()}});
  }
  int targets() const { return targets_; }

 private:
  Description& out_;
  int targets_ = 0;
};

void check_splits(const Description& description, const std::string& who) {
  const auto fail = [&](const Description::Split& split, const std::string& why) {
    throw Error(fmt::format("{}: split '{}' {}", who, split.name, why));
  };
  std::set<std::string> names;
  for (const auto& split : description.splits) {
    if (split.name == "all" || split.name == "batch") fail(split, "has a name that is taken");
    if (!names.insert(split.name).second) fail(split, "is declared twice");
    if (split.rows.empty()) fail(split, "has no rows");
    for (const std::int64_t row : split.rows)
      if (row < 0 || row >= description.rows)
        fail(split,
             fmt::format("names row {}, but there are rows 0 to {}", row, description.rows - 1));
  }
}

// A loss takes the class for an index.
void check_classes(std::span<const std::int32_t> found, std::span<const std::int64_t> rows,
                   std::int64_t classes, const std::string& who) {
  for (std::size_t i = 0; i < found.size(); ++i)
    if (found[i] < 0 || found[i] >= classes)
      throw Error(fmt::format("{}: row {} is of class {}, but there are classes 0 to {}", who,
                              rows[i], found[i], classes - 1));
}

Shape target_shape(const Target& target, std::int64_t rows) {
  std::vector<std::int64_t> dimensions = {rows};
  const auto inner = target.shape.dimensions();
  dimensions.insert(dimensions.end(), inner.begin(), inner.end());
  return Shape(dimensions);
}

}  // namespace

Description describe(const plugin_host::Handle<Dataset>& dataset) {
  Description description;
  Describer describer(description);
  dataset.call([&](const Dataset& d) { d.describe(describer); });
  if (description.rows <= 0 || description.sample_shape.elements() <= 0)
    throw Error(fmt::format("{} has no rows, or samples of no elements", dataset.who()));
  if (describer.targets() != 1)
    throw Error(fmt::format("{} must declare classes or values, once", dataset.who()));
  if (description.target.dtype == DType::int32 && description.class_names.empty())
    throw Error(fmt::format("{} declares classes, but none", dataset.who()));
  check_splits(description, dataset.who());
  return description;
}

ConstTensorView Rows::targets() const {
  return {targets_.as<std::byte>(), target.dtype, target_shape(target, count)};
}

Rows read(const plugin_host::Handle<Dataset>& dataset, const Description& description,
          std::span<const std::int64_t> rows) {
  Rows result;
  result.sample_shape = description.sample_shape;
  result.target = description.target;
  result.count = static_cast<std::int64_t>(rows.size());
  const std::int64_t columns = description.sample_shape.elements();
  const auto elements = rows.size() * static_cast<std::size_t>(columns);
  const auto numbers = rows.size() * static_cast<std::size_t>(description.target.shape.elements());
  result.samples_ = Buffer(elements * sizeof(float));
  result.targets_ = Buffer(numbers * size_of(description.target.dtype));
  auto names = std::make_shared<std::vector<std::string>>(description.class_names);
  result.class_names_ =
      std::make_shared<std::vector<std::string_view>>(names->begin(), names->end());
  result.name_texts_ = std::move(names);
  const MatrixView<float> samples{result.samples_.as<float>(), result.count, columns, columns};
  const TensorView targets(result.targets_.as<std::byte>(), result.target.dtype,
                           target_shape(result.target, result.count));
  if (!rows.empty()) dataset.call([&](const Dataset& d) { d.read(rows, samples, targets); });
  if (result.target.dtype == DType::int32)
    check_classes(targets.values<std::int32_t>(), rows, result.target.classes, dataset.who());
  return result;
}

}  // namespace assay::data
