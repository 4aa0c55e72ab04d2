#include "runner/experiment/splits.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "assay/error.h"
#include "runner/data/split.h"
#include "runner/plan/value_name.h"

namespace assay::experiment {

std::vector<std::string> names_of(const plan::SplitPlan& split) {
  std::vector<std::string> names;
  if (split.test > 0) names.emplace_back("test");
  names.emplace_back("train");
  if (split.validation > 0) names.emplace_back("validation");
  return names;
}

std::string meant_split(const std::string& name, const std::vector<std::string>& splits) {
  if (name != plan::evaluated_split || std::ranges::count(splits, name) != 0) return name;
  for (const std::string_view split : plan::evaluated_splits)
    if (std::ranges::count(splits, split) != 0) return std::string(split);
  return name;
}

SplitRows cut(const data::Description& data, const std::optional<plan::SplitPlan>& plan) {
  SplitRows rows;
  if (plan) {
    data::Split split = data::split(data.rows, *plan);
    rows["train"] = std::move(split.train);
    if (!split.validation.empty()) rows["validation"] = std::move(split.validation);
    if (!split.test.empty()) rows["test"] = std::move(split.test);
    return rows;
  }
  for (const auto& split : data.splits) rows[split.name] = split.rows;
  if (rows.contains("train")) return rows;
  if (!rows.empty()) throw Error("the dataset has splits, but no 'train'");
  rows["train"].resize(static_cast<std::size_t>(data.rows));
  std::iota(rows["train"].begin(), rows["train"].end(), 0);
  return rows;
}

std::vector<std::pair<std::string, std::int64_t>> trained_on(const SplitRows& splits) {
  const std::vector<std::int64_t>& train = splits.at("train");
  std::vector<bool> trains(static_cast<std::size_t>(*std::ranges::max_element(train)) + 1);
  for (const std::int64_t row : train) trains[static_cast<std::size_t>(row)] = true;
  std::vector<std::pair<std::string, std::int64_t>> found;
  for (const auto& [name, rows] : splits) {
    const auto shared = std::ranges::count_if(rows, [&](std::int64_t row) {
      return static_cast<std::size_t>(row) < trains.size() && trains[static_cast<std::size_t>(row)];
    });
    if (name != "train" && shared > 0) found.emplace_back(name, shared);
  }
  return found;
}

}  // namespace assay::experiment
