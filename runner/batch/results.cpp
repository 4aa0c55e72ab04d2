#include "runner/batch/results.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "runner/base/atomic_file.h"
#include "runner/base/time_format.h"

namespace assay::batch {
namespace {

// Returns the values for the keys of a batch: as set for the run, else empty.
std::vector<Cell> settings_of(const Batch& batch, const BatchRun& run) {
  std::vector<Cell> cells;
  for (const std::string& key : batch.keys) {
    const auto found = std::ranges::find(run.point, key, &Setting::key);
    cells.push_back(cell(found == run.point.end() ? "" : found->value));
  }
  return cells;
}

bool has_several_configs(const Batch& batch) {
  return std::ranges::any_of(
      batch.runs, [&](const BatchRun& run) { return run.config != batch.runs.front().config; });
}

// Holds what the runs of a batch say of a scalar tag.
struct TagOfRuns {
  std::string value;                           // that it shows; empty if they do not agree
  std::optional<plan::BestPlan::Mode> better;  // nothing if they do not agree
  bool has_extremes = false;
};

void add(TagOfRuns& tag, const run::Scalar& scalar) {
  if (!tag.has_extremes) {
    tag = {scalar.value, scalar.better, true};
    return;
  }
  if (tag.value != scalar.value) tag.value.clear();
  if (tag.better != scalar.better) tag.better.reset();
}

std::map<std::string, TagOfRuns> tags_of(std::span<const run::RunRecord* const> records) {
  std::map<std::string, TagOfRuns> tags;
  for (const run::RunRecord* record : records) {
    if (record == nullptr) continue;
    for (const auto& [tag, value] : record->final_values) tags[tag];
    for (const auto& [tag, scalar] : record->scalars) add(tags[tag], scalar);
  }
  return tags;
}

// Returns the names of the columns for a tag beside that of its last value; no more than it has.
std::vector<std::string> further_columns(const std::string& tag, const TagOfRuns& of_runs) {
  if (!of_runs.has_extremes) return {};
  if (of_runs.better) return {tag + " best", tag + " best step"};
  return {tag + " min", tag + " min step", tag + " max", tag + " max step"};
}

void add_columns(Table& table, const std::map<std::string, TagOfRuns>& tags) {
  for (const auto& [tag, of_runs] : tags) {
    const std::vector<std::string> further = further_columns(tag, of_runs);
    table.columns.push_back(tag);
    table.columns.insert(table.columns.end(), further.begin(), further.end());
    if (of_runs.better) table.better[tag] = table.better[tag + " best"] = *of_runs.better;
    if (of_runs.value.empty()) continue;
    table.other_names.emplace(of_runs.value, tag);
    for (const std::string& column : further)
      table.other_names.emplace(of_runs.value + column.substr(tag.size()), column);
  }
}

void add_cells(std::vector<Cell>& row, const std::string& tag, const TagOfRuns& of_runs,
               const run::RunRecord* record) {
  const auto last = record == nullptr ? nullptr : [&]() -> const double* {
    const auto found = record->final_values.find(tag);
    return found == record->final_values.end() ? nullptr : &found->second;
  }();
  row.push_back(last == nullptr ? Cell{} : cell(*last));
  const std::size_t further = further_columns(tag, of_runs).size();
  if (further == 0) return;
  if (record == nullptr || !record->scalars.contains(tag)) {
    row.insert(row.end(), further, Cell{});
    return;
  }
  const auto& [min, max, min_step, max_step] = record->scalars.at(tag).extremes;
  using Mode = plan::BestPlan::Mode;
  const auto add = [&row](double value, std::int64_t step) {
    row.push_back(cell(value));
    row.push_back(cell(static_cast<double>(step)));
  };
  if (of_runs.better != Mode::max) add(min, min_step);
  if (of_runs.better != Mode::min) add(max, max_step);
}

// Gives swept keys the shorter names by which people call them, where these are clear.
void add_short_names(Table& table, const std::vector<std::string>& keys) {
  std::map<std::string, std::vector<std::string>> keys_by_end;
  for (const std::string& key : keys)
    for (std::size_t dot = key.find('.'); dot != key.npos; dot = key.find('.', dot + 1))
      keys_by_end[key.substr(dot + 1)].push_back(key);
  for (const auto& [end, of_end] : keys_by_end)
    if (of_end.size() == 1) table.other_names.emplace(end, of_end.front());
}

const run::RunRecord* record_of(const Status& status) {
  return status.record ? &*status.record : nullptr;
}

// Returns the results with the values of those records that are given.
template <class RecordOf>
Table results_of(const Batch& batch, std::span<const Status> statuses, const RecordOf& given) {
  Table table;
  const bool several_configs = has_several_configs(batch);
  if (several_configs) table.columns.emplace_back("config");
  table.columns.insert(table.columns.end(), batch.keys.begin(), batch.keys.end());
  table.columns.insert(table.columns.end(), {"state", "steps"});
  std::vector<const run::RunRecord*> records;
  for (const Status& status : statuses) records.push_back(given(status));
  const std::map<std::string, TagOfRuns> tags = tags_of(records);
  add_columns(table, tags);
  add_short_names(table, batch.keys);
  table.columns.insert(table.columns.end(), {"weights_digest", "key"});
  for (std::size_t i = 0; i < batch.runs.size(); ++i) {
    const BatchRun& run = batch.runs[i];
    const run::RunRecord* const record = records[i];
    std::vector<Cell>& row = table.rows.emplace_back();
    row.reserve(table.columns.size());
    if (several_configs) row.push_back(cell(run.config));
    for (Cell& setting : settings_of(batch, run)) row.push_back(std::move(setting));
    row.push_back(cell(std::string(name_of(statuses[i].state))));
    row.push_back(record != nullptr ? cell(static_cast<double>(record->steps)) : Cell{});
    for (const auto& [tag, of_runs] : tags) add_cells(row, tag, of_runs, record);
    row.push_back(cell(record != nullptr ? record->weights_digest : ""));
    row.push_back(cell(run.key.text()));
  }
  return table;
}

}  // namespace

Table results(const Batch& batch, std::span<const Status> statuses) {
  return results_of(batch, statuses, [](const Status& status) { return record_of(status); });
}

Table results_by_key(const Batch& batch, std::span<const Status> statuses) {
  Table table = results_of(batch, statuses, [](const Status& status) {
    const run::RunRecord* const record = record_of(status);
    const bool is_settled = record != nullptr && record->complete &&
                            (record->state == "finished" || record->state == "failed");
    return is_settled ? record : nullptr;
  });
  std::ranges::sort(table.rows, {}, [](const std::vector<Cell>& row) { return row.back().text; });
  return table;
}

Table circumstances(const Batch& batch, std::span<const Status> statuses) {
  Table table{{"name", "state", "start", "end", "training_seconds", "threads", "attempts", "host",
               "reason", "folder", "again"},
              {}};
  for (std::size_t i = 0; i < batch.runs.size(); ++i) {
    const BatchRun& run = batch.runs[i];
    const auto& [state, reason, record, attempt] = statuses[i];
    table.rows.push_back({cell(run.name), cell(std::string(name_of(state))),
                          cell(record ? base::utc_time(record->start) : ""),
                          cell(record && record->end ? base::utc_time(*record->end) : ""),
                          record ? cell(record->training_seconds) : Cell{},
                          record ? cell(record->mean_threads) : Cell{},
                          attempt ? cell(static_cast<double>(attempt->number)) : Cell{},
                          cell(attempt ? attempt->host : ""), cell(reason),
                          cell(folder_of(batch, run).string()), cell(run.again)});
  }
  return table;
}

void write_tables(const Batch& batch, std::span<const Status> statuses) {
  base::write_atomically(batch.folder / "table.csv", as_csv(results_by_key(batch, statuses)));
  base::write_atomically(batch.folder / "runs.csv", as_csv(circumstances(batch, statuses)));
}

}  // namespace assay::batch
