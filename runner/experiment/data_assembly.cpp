#include "runner/experiment/data_assembly.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

#include "assay/number_text.h"
#include "runner/base/wording.h"
#include "runner/experiment/data_files.h"
#include "runner/experiment/data_findings.h"
#include "runner/plugin_host/schedules.h"

namespace assay::experiment {

void DataAssembly::measure() {
  describe_data();
  cut_rows();
  measure_training();
}

void DataAssembly::describe_data() {
  const auto opened =
      maker_.shared<OpenedDataset>("dataset", maker_.of_data(), [&] { return open_dataset(); });
  if (!opened) return;
  dataset_ = opened->dataset;
  if (!opened->description) return;
  out_.data = *opened->description;
  maker_.data_is_known = blame_.attempt(Part("dataset", draft_.dataset), [&] {
    // The row numbers are put in order, and divided into splits.
    const double bytes = 2 * static_cast<double>(out_.data.rows) * sizeof(std::int64_t);
    maker_.memory.check(bytes,
                        fmt::format("the order of {} rows alone needs {}", grouped(out_.data.rows),
                                    gigabytes(bytes)),
                        "use fewer rows");
  });
}

std::optional<OpenedDataset> DataAssembly::open_dataset() {
  if (maker_.shared_parts != nullptr) maker_.shared_parts->make_room();
  auto dataset = maker_.create<Dataset>(draft_.dataset, "dataset");
  if (!dataset) return std::nullopt;
  OpenedDataset opened{*dataset, std::nullopt};
  blame_.attempt(Part("dataset", draft_.dataset), [&] {
    data::Description description = data::describe(*dataset);
    out_.state.declare(dataset->object(), "dataset");
    // Rows without targets can only be predicted. The dataset says so before the loss and the
    // metrics judge targets that are not there.
    data::check_has_targets(*dataset, description);
    opened.description = std::move(description);
  });
  return opened;
}

void DataAssembly::cut_rows() {
  if (!maker_.data_is_known || draft_.doubtful.contains("dataset.split")) return;
  const auto rows = maker_.shared<std::shared_ptr<SplitRows>>("", "split " + maker_.of_rows(),
                                                              [&] { return cut_anew(); });
  if (!rows) return;
  rows_ = *rows;
  for (const auto& [name, numbers] : *rows_)
    out_.split_sizes[name] = static_cast<std::int64_t>(numbers.size());
}

std::optional<std::shared_ptr<SplitRows>> DataAssembly::cut_anew() {
  auto rows = blame_.attempt(Part("dataset.split", split_place()),
                             [&] { return cut(out_.data, draft_.split); });
  if (!rows) return std::nullopt;
  if (!draft_.split)
    for (const auto& [name, both] : trained_on(*rows))
      diagnostics_.warning(draft_.dataset.where, "dataset",
                           fmt::format("{} of the {} rows of its split '{}' are training rows, too",
                                       grouped(both), grouped(rows->at(name).size()), name));
  return std::make_shared<SplitRows>(*std::move(rows));
}

config::Location DataAssembly::split_place() const {
  for (const char* share : {"test", "validation"}) {
    const config::Location place = draft_.place(fmt::format("dataset.split.{}", share));
    if (place.is_in_argument()) return place;
  }
  return draft_.split ? draft_.split->where : draft_.dataset.where;
}

void DataAssembly::measure_training() {
  if (!rows_ || draft_.doubtful.contains("train")) return;
  blame_.attempt(Part("dataset.split", draft_.dataset.where), [&] {
    out_.batches.emplace(out_.split_sizes.at("train"), draft_.train.batch_size,
                         draft_.train.shuffle, draft_.seed);
  });
  if (!out_.batches) return;
  blame_.attempt(Part("train.epochs", draft_.train.where), [&] {
    out_.steps = draft_.train.steps ? *draft_.train.steps : steps_of(*draft_.train.epochs);
  });
  // The dataset was created before the length of the run was known.
  if (out_.steps > 0)
    blame_.attempt(Part("dataset", draft_.dataset),
                   [&] { plugin_host::begin_schedules(dataset_->object(), out_.steps); });
  if (draft_.train.batch_size.value_or(0) > out_.batches->rows())
    diagnostics_.warning(
        draft_.place("train.batch_size"), "train.batch_size",
        fmt::format("the training split has fewer rows than {}: every step takes all {}",
                    grouped(*draft_.train.batch_size), grouped(out_.batches->rows())),
        "write `batch_size: all`");
}

std::int64_t DataAssembly::steps_of(std::int64_t epochs) const {
  const std::int64_t steps = out_.batches->steps_per_epoch();
  const std::int64_t most = std::numeric_limits<std::int64_t>::max() / steps;
  if (epochs > most)
    throw Error(fmt::format("expected at most {} epochs of {} steps, found {}", grouped(most),
                            grouped(steps), grouped(epochs)));
  return epochs * steps;
}

std::optional<std::vector<std::string>> DataAssembly::split_names() const {
  if (!rows_ && draft_.split && !draft_.doubtful.contains("dataset.split"))
    return names_of(*draft_.split);
  if (!rows_) return std::nullopt;
  std::vector<std::string> names;
  for (const auto& [name, rows] : *rows_) names.push_back(name);
  return names;
}

bool DataAssembly::read(const std::map<std::string, std::int64_t>& shown_rows) {
  if (!rows_) return false;
  read_ = "values " + maker_.of_context();
  return blame_.attempt(Part("dataset", draft_.dataset), [&] {
    for (const auto& [name, shown] : shown_rows) {
      read_ += fmt::format(" {} {}", name, shown);
      out_.splits[name] =
          *maker_.shared<SharedRows>("", fmt::format("rows {}{} {}", maker_.of_rows(), name, shown),
                                     [&] { return std::optional(read_split(name, shown)); });
    }
  });
}

void DataAssembly::check_values_read() {
  const DataFiles files(draft_.dataset, maker_.host.parameters(Kind::dataset, draft_.dataset.type));
  maker_.shared<bool>("dataset", read_, [&] {
    check_values(draft_, files, out_.splits, blame_);
    warn_of_missing_classes(draft_, files, out_.splits, blame_);
    return std::optional(true);
  });
}

DataAssembly::SharedRows DataAssembly::read_split(const std::string& name, std::int64_t shown) {
  if (maker_.shared_parts != nullptr) maker_.shared_parts->make_room();
  // Each split is read once. Its row numbers are needed afterwards only where others share them.
  std::vector<std::int64_t> rows = name == plan::all_rows           ? first_rows(shown)
                                   : maker_.shared_parts != nullptr ? rows_->at(name)
                                                                    : std::move(rows_->at(name));
  check_rows_fit(name, rows, shown);
  return std::make_shared<data::Rows>(data::read(*dataset_, out_.data, std::move(rows), shown));
}

void DataAssembly::check_rows_fit(const std::string& split, std::span<const std::int64_t> rows,
                                  std::int64_t shown) {
  const auto bytes = static_cast<double>(data::bytes_to_read(*dataset_, out_.data, rows, shown));
  maker_.memory.take(bytes,
                     fmt::format("the {} rows of the split '{}' need {} in memory",
                                 grouped(rows.size()), split, gigabytes(bytes)),
                     "use fewer or smaller rows, and show fewer in pictures");
}

std::vector<std::int64_t> DataAssembly::first_rows(std::int64_t count) const {
  std::vector<std::int64_t> rows(static_cast<std::size_t>(std::min(count, out_.data.rows)));
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

}  // namespace assay::experiment
