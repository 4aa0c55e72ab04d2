#include "runner/experiment/data_findings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "assay/number_text.h"
#include "runner/base/wording.h"
#include "runner/data/not_finite.h"
#include "runner/plan/value_name.h"

namespace assay::experiment {
namespace {

constexpr std::size_t most_named = 5;  // classes

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
                       grouped(classes.size() - most_named), grouped(names.size()));
  return fmt::format("classes {} have", base::listed(named));
}

/// Returns the option that names the file of a part of the rows; empty if it is not known.
std::string option_of(const std::optional<DataFile>& file) { return file ? file->option : ""; }

/// Returns "/data/x.npy: " if the file is known.
std::string begin_of(const std::optional<DataFile>& file) { return file ? file->path + ": " : ""; }

/// Counts the rows of each split that hold such a value: "2 rows of the split 'train'".
class Counts {
 public:
  void add(const std::string& split, std::int64_t rows) {
    total_ += rows;
    parts_.push_back(fmt::format("{} of the split '{}'", counted(rows, "row"), split));
  }
  /// Returns their number in words; nothing if the one that the message names is the only one.
  std::string text() const {
    if (total_ < 2) return {};
    return fmt::format(" ({} have such values)", fmt::join(parts_, " and "));
  }

 private:
  std::int64_t total_ = 0;
  std::vector<std::string> parts_;
};

}  // namespace

void check_values(const plan::Draft& draft, const DataFiles& files, const hooks::Splits& splits,
                  Blame& blame) {
  std::optional<data::NotFinite> first;
  Counts counts;
  for (const auto& [name, rows] : splits) {
    const auto found = data::find_not_finite_in_memory(*rows);
    if (!found) continue;
    if (!first || found->row < first->row) first = found;
    if (name != "all") counts.add(name, found->rows);  // its rows are those of other splits
  }
  if (!first) return;
  const auto file = files.with(first->in_target ? "targets" : "samples");
  const std::string said = begin_of(file) + data::described(*first) + counts.text() +
                           "; fix these rows or leave them out";
  const std::string hint = file ? "" : files.listed();
  const Part dataset("dataset", draft.dataset);
  if (draft.train.on_nan == plan::OnNan::ignore)
    return blame.warn(dataset, option_of(file), said, hint);
  blame.report(dataset, option_of(file), said + ", or set `train.on_nan: ignore` to train anyway",
               hint);
}

void report_sample(const plan::Draft& draft, const DataFiles& files, const std::string& found,
                   Blame& blame) {
  const auto file = files.with("samples");
  blame.report(Part("dataset", draft.dataset), option_of(file),
               begin_of(file) + found +
                   "; fix this row or leave it out, or set `train.on_nan: ignore` to train anyway",
               file ? "" : files.listed());
}

void warn_of_missing_classes(const plan::Draft& draft, const DataFiles& files,
                             const hooks::Splits& splits, Blame& blame) {
  const data::Rows& train = *splits.at("train");
  if (train.target.classes == 0) return;
  const std::vector<std::int64_t> trained = data::rows_by_class(train);
  std::map<std::string, std::vector<std::int64_t>> others;
  for (const auto& [name, rows] : splits)
    if (name != "train" && name != plan::all_rows) others[name] = data::rows_by_class(*rows);

  std::vector<std::size_t> missing;
  std::map<std::vector<std::string>, std::vector<std::size_t>> elsewhere;  // by the splits
  for (std::size_t i = 0; i < trained.size(); ++i) {
    if (trained[i] > 0) continue;
    std::vector<std::string> with_rows;
    for (const auto& [name, counts] : others)
      if (counts[i] > 0) with_rows.push_back(fmt::format("'{}'", name));
    (with_rows.empty() ? missing : elsewhere[with_rows]).push_back(i);
  }

  std::vector<std::string> said;
  const auto names = train.class_names();
  if (!missing.empty())
    said.push_back(fmt::format("{} no rows to train on", subject(missing, names)));
  for (const auto& [with_rows, classes] : elsewhere)
    said.push_back(fmt::format("{} rows in the split{} {} but none to train on",
                               subject(classes, names), with_rows.size() == 1 ? "" : "s",
                               fmt::join(with_rows, " and ")));
  if (said.empty()) return;
  const auto file = files.with("targets");
  // Only labels from 1 to the last class look like this.
  const bool from_one = missing == std::vector<std::size_t>{0} && elsewhere.empty() &&
                        trained.size() > 2 && names[0] == "0";
  std::vector<std::string> hints;
  if (from_one)
    hints.emplace_back("classes are counted from 0: subtract 1 from labels that begin with 1");
  if (!file && !files.listed().empty()) hints.push_back(files.listed());
  blame.warn(Part("dataset", draft.dataset), option_of(file),
             begin_of(file) + fmt::format("{}", fmt::join(said, "; ")),
             fmt::format("{}", fmt::join(hints, "; ")));
}

}  // namespace assay::experiment
