#include "runner/data/rows.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>

#include "assay/error.h"
#include "assay/number_text.h"
#include "assay/text.h"
#include "runner/base/shape.h"
#include "runner/plan/value_name.h"

namespace assay::data {
namespace {

class Describer final : public DatasetDescription {
 public:
  explicit Describer(Description& out) : out_(out) {}
  void samples(std::int64_t rows, const Shape& shape) override {
    out_.rows = rows;
    out_.sample_shape = shape;
    ++samples_;
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
  int samples() const { return samples_; }
  int targets() const { return targets_; }

 private:
  Description& out_;
  int samples_ = 0, targets_ = 0;
};

void check_shapes(const Description& description, const std::string& who) {
  const auto fail = [&](const char* what, const Shape& shape, const std::string& expected) {
    throw Error(fmt::format("{}: {} of shape {} are not possible; expected {}", who, what,
                            fmt::join(shape.dimensions(), "x"), expected));
  };
  constexpr const char* possible = "dimensions of 1 or more, and no more than 2^56 elements in all";
  if (description.rows < 1)
    throw Error(fmt::format("{} has {} rows; expected 1 or more", who, grouped(description.rows)));
  const Shape &sample = description.sample_shape, &target = description.target.shape;
  if (!base::elements(sample, description.rows)) fail("samples", sample, possible);
  if (!base::elements(target, description.rows)) fail("targets", target, possible);
  if (target.rank() == Shape::maximum_rank)
    fail("targets", target, "at most 7 dimensions besides the rows");
}

// Checks the names, because they appear in messages and tables.
void check_names(const Description& description, const std::string& who) {
  const auto check = [&](const std::string& what, std::string_view name) {
    if (name.empty() || !is_line(name))
      throw Error(fmt::format("{}: {} has no name that is one line of text", who, what));
  };
  for (std::size_t i = 0; i < description.class_names.size(); ++i)
    check(fmt::format("class {}", i), description.class_names[i]);
  for (std::size_t i = 0; i < description.splits.size(); ++i)
    check(fmt::format("split {}", i), description.splits[i].name);
}

void check_splits(const Description& description, const std::string& who) {
  const auto fail = [&](const Description::Split& split, const std::string& why) {
    throw Error(fmt::format("{}: split '{}' {}", who, split.name, why));
  };
  std::set<std::string> names;
  for (const auto& split : description.splits) {
    if (split.name == plan::all_rows || std::ranges::count(plan::training_owners, split.name) != 0)
      fail(split, "has a reserved name");
    if (!names.insert(split.name).second) fail(split, "is declared twice");
    if (split.rows.empty()) fail(split, "has no rows");
    for (const std::int64_t row : split.rows)
      if (row < 0 || row >= description.rows)
        fail(split,
             fmt::format("names row {}, but there are rows 0 to {}", row, description.rows - 1));
  }
}

// Checks the classes, because a loss uses the class as an index.
void check_classes(std::span<const std::int32_t> found, std::span<const std::int64_t> rows,
                   std::int64_t classes, const std::string& who) {
  for (std::size_t i = 0; i < found.size(); ++i)
    if (found[i] < 0 || found[i] >= classes)
      throw Error(fmt::format("{}: row {} is of class {}, but there are classes 0 to {}", who,
                              rows[i], found[i], classes - 1));
}

/// Returns the samples that the dataset shows in memory; an empty view if it does not.
MatrixView<const float> view_of(const plugin_host::Handle<Dataset>& dataset,
                                const Description& description) {
  const auto view = dataset.call([](const Dataset& d) { return d.samples(); });
  const std::int64_t columns = description.sample_shape.elements();
  if (!view.empty() &&
      (view.rows != description.rows || view.columns != columns || view.stride < columns))
    throw Error(
        fmt::format("{}: its samples lie in memory as {} x {} elements, but it has {} rows "
                    "of {}",
                    dataset.who(), grouped(view.rows), grouped(view.columns),
                    grouped(description.rows), grouped(columns)));
  return view;
}

bool consecutive(std::span<const std::int64_t> rows) {
  return std::ranges::adjacent_find(rows, [](auto a, auto b) { return b != a + 1; }) == rows.end();
}

// Prefetches the first cache lines of a row; the hardware fetches the rest.
void ask_for_row(MatrixView<const float> from, std::int64_t row) {
  constexpr std::int64_t line = 64 / sizeof(float);
  const std::int64_t asked = std::min<std::int64_t>(from.columns, 8 * line);
  for (std::int64_t k = 0; k < asked; k += line) __builtin_prefetch(from.row(row) + k);
}

// Copies rows in any order. It prefetches the rows to come, so that the copy does not wait for each
// one.
void copy_rows(MatrixView<const float> from, std::span<const std::int64_t> rows,
               MatrixView<float> to) {
  constexpr std::size_t ahead = 8;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i + ahead < rows.size()) ask_for_row(from, rows[i + ahead]);
    std::copy_n(from.row(rows[i]), from.columns, to.row(static_cast<std::int64_t>(i)));
  }
}

Shape target_shape(const Target& target, std::int64_t rows) {
  std::vector<std::int64_t> dimensions = {rows};
  const auto inner = target.shape.dimensions();
  dimensions.insert(dimensions.end(), inner.begin(), inner.end());
  return Shape(dimensions);
}

/// Returns how many of the first rows are copied into memory; none if the dataset shows them in the
/// wanted order.
std::int64_t copied_rows(MatrixView<const float> view, std::size_t bytes_of_row,
                         std::span<const std::int64_t> rows, std::int64_t shown,
                         const CopyLimits& limits) {
  if (rows.empty() || (!view.empty() && consecutive(rows))) return 0;
  const auto count = static_cast<std::int64_t>(rows.size());
  const std::size_t limit = view.empty() ? limits.of_read : limits.of_view;
  return rows.size() <= limit / bytes_of_row ? count : std::min(shown, count);
}

std::size_t sample_bytes(const Description& description) {
  return static_cast<std::size_t>(description.sample_shape.elements()) * sizeof(float);
}

std::size_t target_bytes(const Description& description) {
  return static_cast<std::size_t>(description.target.shape.elements()) *
         size_of(description.target.dtype);
}

base::Buffer read_targets(const plugin_host::Handle<Dataset>& dataset,
                          const Description& description, std::span<const std::int64_t> rows) {
  const Target& target = description.target;
  base::Buffer bytes(rows.size() * target_bytes(description));
  const TensorView targets(bytes.as<std::byte>(), target.dtype,
                           target_shape(target, static_cast<std::int64_t>(rows.size())));
  dataset.call([&](const Dataset& d) { d.read_targets(rows, targets); });
  if (target.dtype == DType::int32)
    check_classes(targets.values<std::int32_t>(), rows, target.classes, dataset.who());
  return bytes;
}

}  // namespace

Description describe(const plugin_host::Handle<Dataset>& dataset) {
  Description description;
  Describer describer(description);
  dataset.call([&](const Dataset& d) { d.describe(describer); });
  for (std::string& name : description.class_names) name = dataset.masked(name);
  for (Description::Split& split : description.splits) split.name = dataset.masked(split.name);
  if (describer.samples() > 1)
    throw Error(fmt::format("{} must declare its samples once", dataset.who()));
  check_shapes(description, dataset.who());
  if (describer.targets() != 1)
    throw Error(fmt::format("{} must declare classes or values, once", dataset.who()));
  if (description.target.dtype == DType::int32 && description.class_names.empty())
    throw Error(fmt::format("{} declares classes, but names none", dataset.who()));
  check_names(description, dataset.who());
  check_splits(description, dataset.who());
  return description;
}

ConstTensorView Rows::targets() const {
  return {targets_.as<std::byte>(), target.dtype, target_shape(target, count)};
}

MatrixView<const float> Rows::block(std::int64_t first, std::int64_t rows, float* scratch) const {
  if (first + rows <= in_order_.rows) return in_order_.slice(first, rows);
  const MatrixView<float> out{scratch, rows, sample_shape.elements(), sample_shape.elements()};
  read_samples(
      std::span(numbers_).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(rows)),
      out);
  return out;
}

MatrixView<const float> Rows::gather(std::span<const std::int64_t> positions,
                                     float* scratch) const {
  const MatrixView<float> out{scratch, static_cast<std::int64_t>(positions.size()),
                              sample_shape.elements(), sample_shape.elements()};
  if (all_in_order()) {
    copy_rows(in_order_, positions, out);
    return out;
  }
  std::vector<std::int64_t> numbers;
  for (const std::int64_t position : positions)
    numbers.push_back(numbers_[static_cast<std::size_t>(position)]);
  read_samples(numbers, out);
  return out;
}

void Rows::ask_for(std::span<const std::int64_t> positions) const {
  constexpr std::size_t cached = std::size_t{256} << 10;  // bytes: a part of the second-level cache
  const auto sample_bytes = static_cast<std::size_t>(sample_shape.elements()) * sizeof(float);
  const std::size_t target_bytes = targets_.size() / static_cast<std::size_t>(count);
  const std::size_t asked = std::min(positions.size(), cached / (sample_bytes + target_bytes));
  for (const std::int64_t position : positions.first(asked)) {
    const auto place = static_cast<std::size_t>(position);
    __builtin_prefetch(targets_.as<std::byte>() + place * target_bytes);
    if (all_in_order()) ask_for_row(in_order_, position);
    else if (!view_.empty()) ask_for_row(view_, numbers_[place]);
  }
}

void Rows::read_samples(std::span<const std::int64_t> numbers, MatrixView<float> out) const {
  if (!view_.empty()) copy_rows(view_, numbers, out);
  else dataset_.call([&](const Dataset& d) { d.read_samples(numbers, out); });
}

std::size_t bytes_to_read(const plugin_host::Handle<Dataset>& dataset,
                          const Description& description, std::span<const std::int64_t> rows,
                          std::int64_t shown, const CopyLimits& limits) {
  const std::int64_t copied =
      copied_rows(view_of(dataset, description), sample_bytes(description), rows, shown, limits);
  return static_cast<std::size_t>(copied) * sample_bytes(description) +
         rows.size() * (target_bytes(description) + sizeof(std::int64_t));
}

void Rows::take_samples(const plugin_host::Handle<Dataset>& dataset, const Description& description,
                        std::vector<std::int64_t> rows, std::int64_t shown,
                        const CopyLimits& limits) {
  sample_shape = description.sample_shape;
  count = static_cast<std::int64_t>(rows.size());
  const std::int64_t columns = description.sample_shape.elements();
  in_order_ = {nullptr, 0, columns, columns};
  if (rows.empty()) return;
  dataset_ = dataset;
  view_ = view_of(dataset, description);
  const std::int64_t copied = copied_rows(view_, sample_bytes(description), rows, shown, limits);
  if (!view_.empty() && consecutive(rows)) {
    in_order_ = view_.slice(rows.front(), count);
  } else {
    samples_ = base::Buffer(static_cast<std::size_t>(copied) * sample_bytes(description));
    const MatrixView<float> samples{samples_.as<float>(), copied, columns, columns};
    read_samples(std::span(rows).first(static_cast<std::size_t>(copied)), samples);
    in_order_ = samples;
    if (all_in_order()) {
      dataset_ = {};
      view_ = {};
    }
  }
  numbers_ = std::move(rows);
}

Rows read(const plugin_host::Handle<Dataset>& dataset, const Description& description,
          std::vector<std::int64_t> rows, std::int64_t shown, const CopyLimits& limits) {
  Rows result;
  result.target = description.target;
  result.count = static_cast<std::int64_t>(rows.size());
  auto names = std::make_shared<std::vector<std::string>>(description.class_names);
  result.class_names_ =
      std::make_shared<std::vector<std::string_view>>(names->begin(), names->end());
  result.name_texts_ = std::move(names);
  if (!rows.empty()) result.targets_ = read_targets(dataset, description, rows);
  result.take_samples(dataset, description, std::move(rows), shown, limits);
  return result;
}

void check_has_targets(const plugin_host::Handle<Dataset>& dataset,
                       const Description& description) {
  static_cast<void>(read_targets(dataset, description, std::array{std::int64_t{0}}));
}

Rows read_without_targets(const plugin_host::Handle<Dataset>& dataset,
                          const Description& description, std::vector<std::int64_t> rows,
                          const CopyLimits& limits) {
  Rows result;
  result.class_names_ = std::make_shared<std::vector<std::string_view>>();
  result.take_samples(dataset, description, std::move(rows), 0, limits);
  return result;
}

std::vector<std::int64_t> rows_by_class(const Rows& rows) {
  std::vector<std::int64_t> counts(static_cast<std::size_t>(rows.target.classes));
  if (counts.empty()) return counts;
  for (const std::int32_t found : rows.targets().values<const std::int32_t>())
    ++counts[static_cast<std::size_t>(found)];
  return counts;
}

}  // namespace assay::data
