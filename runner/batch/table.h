// The results of a batch as a table.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runner/batch/batch.h"
#include "runner/batch/run_status.h"

namespace assay::batch {

/// A value of a table. A number is written so that it reads back as the same number.
struct Cell {
  std::string text;
  std::optional<double> number = {};
};

Cell cell(std::string text);
Cell cell(double number);

struct Table {
  std::vector<std::string> columns;
  std::vector<std::vector<Cell>> rows;

  /// Returns the place of a column, or nothing.
  std::optional<std::size_t> column(std::string_view name) const;
};

/// Returns the results: what varies, state, steps, the last value of every scalar tag, digest of
/// the weights, key. A row for each run, in the order of the batch.
Table results(const Batch& batch, std::span<const Status> statuses);

/// Returns the results sorted by key: a table that depends on nothing but the results.
Table results_by_key(const Batch& batch, std::span<const Status> statuses);

/// Returns what differs from time to time: name, state, start, end, seconds, threads, attempts,
/// host, reason of a failure, folder, and why a run was done again. In the order of the batch.
Table circumstances(const Batch& batch, std::span<const Status> statuses);

/// Sorts the rows by a column, numbers by their size; rows without a value come last. Throws
/// assay::Error, with the columns that there are, if there is none of this name.
void sort(Table& table, std::string_view column, bool descending);

/// Returns the table with one row for all that differ in these columns only: the mean of each
/// numeric column, a column "NAME deviation" behind it (of the sample, n - 1), and the number of
/// rows. Other columns stay where all rows agree. Throws as sort() does.
Table over(const Table& table, std::span<const std::string> columns,
           std::span<const std::string> swept);

/// Keeps these columns, in this order. Throws as sort() does.
Table with_columns(const Table& table, std::span<const std::string> columns);

std::string as_csv(const Table& table);       ///< RFC 4180, with "\n"
std::string as_markdown(const Table& table);  ///< a GitHub table
std::string as_json(const Table& table);      ///< a list of objects
std::string as_text(const Table& table);      ///< aligned columns, numbers shortened for people

}  // namespace assay::batch
