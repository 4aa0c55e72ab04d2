#include "runner/inference/used_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "assay/error.h"
#include "assay/number_text.h"
#include "runner/base/suggest.h"
#include "runner/base/wording.h"
#include "runner/base/words.h"
#include "runner/experiment/machine_memory.h"
#include "runner/plan/value_name.h"

namespace assay::inference {
namespace {

std::string target_text(const Target& target) {
  return target.classes > 0 ? fmt::format("{} classes", grouped(target.classes))
                            : fmt::format("values of shape {}", base::shape_text(target.shape));
}

}  // namespace

UsedData::UsedData(plugin_host::Handle<Dataset> dataset, std::optional<plan::SplitPlan> split,
                   const run::DataForm& trained_on)
    : dataset_(std::move(dataset)),
      split_(std::move(split)),
      trained_on_(trained_on),
      description_(data::describe(dataset_)) {
  if (description_.sample_shape != trained_on_.sample_shape)
    throw Error(fmt::format(
        "its samples have the shape {}, but the model was trained on samples of shape {}",
        base::shape_text(description_.sample_shape), base::shape_text(trained_on_.sample_shape)));
}

experiment::SplitRows UsedData::divided() const {
  if (split_ || description_.splits.empty()) return experiment::cut(description_, split_);
  experiment::SplitRows rows;
  for (const data::Description::Split& split : description_.splits) rows[split.name] = split.rows;
  return rows;
}

std::vector<std::string> UsedData::splits() const {
  std::vector<std::string> names;
  for (const auto& [name, rows] : divided()) names.push_back(name);
  return names;
}

std::string UsedData::meant_split(const std::string& name) const {
  if (name == plan::all_rows) return name;
  std::vector<std::string> names = splits();
  const std::string meant = experiment::meant_split(name, names);
  if (std::ranges::count(names, meant) != 0) return meant;
  names.emplace_back(plan::all_rows);
  throw Error(fmt::format("there is no split {}; {}", base::quoted(name),
                          base::hint_of(base::suggest(name, names),
                                        fmt::format("expected one of {}", base::listed(names)))));
}

std::vector<std::int64_t> UsedData::numbers(const std::string& split) const {
  if (split != plan::all_rows) return std::move(divided().at(split));
  std::vector<std::int64_t> all(static_cast<std::size_t>(description_.rows));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

void UsedData::check_memory(const std::string& split, const std::vector<std::int64_t>& rows,
                            const data::Description& description) const {
  const auto bytes = static_cast<double>(data::bytes_to_read(dataset_, description, rows));
  experiment::MemoryBudget().check(
      bytes,
      fmt::format("the {} rows of the split '{}' need {} in memory", grouped(rows.size()), split,
                  experiment::gigabytes(bytes)),
      "use fewer rows");
}

// Checks that a target means the same as in the training data. A dataset may know fewer classes:
// `npy` counts those that it finds.
void UsedData::check_targets() const {
  const Target &now = description_.target, &before = trained_on_.target;
  const auto& names = description_.class_names;
  if (now.dtype != before.dtype || now.shape != before.shape || now.classes > before.classes)
    throw Error(fmt::format("its targets are {}, but the model was trained on {}", target_text(now),
                            target_text(before)));
  const auto [name, trained] = std::ranges::mismatch(names, trained_on_.class_names);
  if (name != names.end())
    throw Error(fmt::format("its class {} is {}, but the model was trained with {} as class {}",
                            name - names.begin(), base::quoted(*name), base::quoted(*trained),
                            name - names.begin()));
}

data::Rows UsedData::rows(const std::string& split) const {
  std::vector<std::int64_t> rows = numbers(split);
  data::check_has_targets(dataset_, description_);
  check_targets();
  data::Description description = description_;
  description.target = trained_on_.target;
  description.class_names = trained_on_.class_names;
  check_memory(split, rows, description);
  return data::read(dataset_, description, std::move(rows));
}

data::Rows UsedData::rows_without_targets(const std::string& split) const {
  std::vector<std::int64_t> rows = numbers(split);
  check_memory(split, rows, description_);
  return data::read_without_targets(dataset_, description_, std::move(rows));
}

}  // namespace assay::inference
