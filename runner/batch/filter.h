// Conditions that choose rows of a table: "test.accuracy>0.9", "state=failed".
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "runner/batch/table.h"

namespace assay::batch {

struct Condition {
  enum class Relation { equal, not_equal, less, less_equal, greater, greater_equal };

  std::string column;  ///< by any of its names
  Relation relation = Relation::equal;
  std::string value;
};

/// Reads COLUMN, one of = == != < <= > >=, and a value. Throws assay::Error for another text, and
/// where a size is compared with what is no number.
Condition read_condition(std::string_view text);

/// Keeps the rows that meet all conditions. Numbers are compared as numbers, other texts as they
/// stand; a cell without a number is neither smaller nor larger than any. Throws assay::Error, with
/// the columns that there are, if there is none of a name.
void keep(Table& table, std::span<const Condition> conditions);

}  // namespace assay::batch
