#include "runner/experiment/data_findings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "runner/base/wording.h"
#include "runner/data/not_finite.h"

namespace assay::experiment {
namespace {

constexpr std::size_t most_named = 5;  // classes

/// Returns how many rows of a split each class has.
std::vector<std::int64_t> rows_by_class(const data::Rows& rows) {
  std::vector<std::int64_t> counts(static_cast<std::size_t>(rows.target.classes));
  for (const std::int32_t found : rows.targets().values<const std::int32_t>())
    ++counts[static_cast<std::size_t>(found)];
  return counts;
}

/// Returns "class 3 ('cat') has" or "classes 0, 3 and 12 more of 65 have".
std::string subject(const std::vector<std::size_t>& classes,
                    std::span<const std::string_view> names) {
  std::vector<std::string> named;
  for (std::size_t i = 0; i < std::min(classes.size(), most_named); ++i) {
    const std::string number = std::to_string(classes[i]);
    const std::string_view name = names[classes[i]];
    named.push_back(
        name == number ? number : fmt::format("{} ({})", number, base::quoted(std::string(name))));
  }
  if (classes.size() == 1) return fmt::format("class {} has", named[0]);
  if (classes.size() > most_named)
    return fmt::format("classes {} and {} more of {} have", fmt::join(named, ", "),
                       classes.size() - most_named, names.size());
  return fmt::format("classes {} have", base::listed(named));
}

}  // namespace

void check_values(const plan::Plan& plan, const hooks::Splits& splits, Blame& blame,
                  config::Diagnostics& diagnostics) {
  std::optional<data::NotFinite> first;
  for (const auto& [name, rows] : splits) {
    const auto found = data::find_not_finite_in_memory(*rows);
    if (found && (!first || found->row < first->row)) first = found;
  }
  if (!first) return;
  const std::string advice = "mend these rows or leave them out";
  if (plan.train.on_nan == plan::OnNan::ignore)
    return diagnostics.warning(plan.dataset.where, "dataset",
                               fmt::format("{}; {}", data::described(*first), advice));
  blame.report(Part("dataset", plan.dataset), {},
               fmt::format("{}; {}, or set `train.on_nan: ignore` to train all the same",
                           data::described(*first), advice));
}

void warn_of_missing_classes(const plan::Plan& plan, const hooks::Splits& splits,
                             config::Diagnostics& diagnostics) {
  const data::Rows& train = *splits.at("train");
  if (train.target.classes == 0) return;
  const std::vector<std::int64_t> trained = rows_by_class(train);
  std::map<std::string, std::vector<std::int64_t>> others;
  for (const auto& [name, rows] : splits)
    if (name != "train" && name != "all") others[name] = rows_by_class(*rows);

  std::vector<std::size_t> missing;
  std::map<std::string, std::vector<std::size_t>> elsewhere;  // by the first split with them
  for (std::size_t i = 0; i < trained.size(); ++i) {
    if (trained[i] > 0) continue;
    const auto has = std::ranges::find_if(others, [i](const auto& o) { return o.second[i] > 0; });
    (has == others.end() ? missing : elsewhere[has->first]).push_back(i);
  }

  std::vector<std::string> said;
  const auto names = train.class_names();
  if (!missing.empty())
    said.push_back(fmt::format("{} no rows to train on", subject(missing, names)));
  for (const auto& [split, classes] : elsewhere)
    said.push_back(fmt::format("{} rows in the split '{}' but none to train on",
                               subject(classes, names), split));
  if (said.empty()) return;
  // Only labels from 1 to the last class look like this.
  const bool from_one = missing == std::vector<std::size_t>{0} && elsewhere.empty() &&
                        trained.size() > 2 && names[0] == "0";
  diagnostics.warning(plan.dataset.where, "dataset.targets",
                      fmt::format("{}", fmt::join(said, "; ")),
                      from_one ? "classes are counted from 0: subtract 1 from labels that begin "
                                 "with 1"
                               : "");
}

}  // namespace assay::experiment
