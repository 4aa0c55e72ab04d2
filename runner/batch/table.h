// A table: sorted, joined, and written in several forms.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runner/plan/plan.h"

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
  /// The columns whose direction is known.
  std::map<std::string, plan::BestPlan::Mode> better = {};
  /// Other names of columns: "test.accuracy" of a tag that shows it, "learning_rate" of
  /// "optimizer.learning_rate".
  std::map<std::string, std::string, std::less<>> other_names = {};

  /// Returns the place of a column by any of its names, or nothing.
  std::optional<std::size_t> column(std::string_view name) const;
};

/// Returns the columns of both tables, which have the same rows. Leaves out those of the second
/// whose name the first has.
Table side_by_side(Table table, const Table& more);

/// Returns the place of a column by any of its names. Throws assay::Error, with the columns that
/// there are, if there is none of this name.
std::size_t place_of(const Table& table, std::string_view column);

/// Returns the number of a cell, also of one that was written as text by a person.
std::optional<double> number_in(const Cell& cell);

/// Sorts the rows by a column, numbers by their size; rows without a value come last. Unless the
/// order is said, the best comes first where the direction of the column is known, else the
/// smallest. Throws as place_of() does.
void sort(Table& table, std::string_view column, std::optional<bool> descending = {});

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
