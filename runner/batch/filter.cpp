#include "runner/batch/filter.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "assay/error.h"
#include "runner/base/wording.h"

namespace assay::batch {
namespace {

using Relation = Condition::Relation;

// Longer ones come first.
constexpr std::array<std::pair<std::string_view, Relation>, 7> relations = {{
    {"==", Relation::equal},
    {"!=", Relation::not_equal},
    {"<=", Relation::less_equal},
    {">=", Relation::greater_equal},
    {"=", Relation::equal},
    {"<", Relation::less},
    {">", Relation::greater},
}};

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == text.npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t") + 1 - first));
}

template <class Value>
bool holds(Relation relation, const Value& a, const Value& b) {
  switch (relation) {
    case Relation::equal: return a == b;
    case Relation::not_equal: return a != b;
    case Relation::less: return a < b;
    case Relation::less_equal: return a <= b;
    case Relation::greater: return a > b;
    case Relation::greater_equal: return a >= b;
  }
  return false;
}

bool asks_for_equality(Relation relation) {
  return relation == Relation::equal || relation == Relation::not_equal;
}

bool meets(const Cell& value, const Condition& condition) {
  const auto a = number_in(value), b = number_in(Cell{condition.value, {}});
  if (a && b) return holds(condition.relation, *a, *b);
  return asks_for_equality(condition.relation) &&
         holds(condition.relation, value.text, condition.value);
}

}  // namespace

Condition read_condition(std::string_view text) {
  const std::size_t at = text.find_first_of("=!<>");
  for (const auto& [sign, relation] : relations) {
    if (at == text.npos || !text.substr(at).starts_with(sign)) continue;
    Condition condition{trimmed(text.substr(0, at)), relation,
                        trimmed(text.substr(at + sign.size()))};
    if (condition.column.empty()) break;
    if (!asks_for_equality(relation) && !number_in(Cell{condition.value, {}}))
      throw Error(fmt::format("{}: expected a number behind '{}', found {}", base::quoted(text),
                              sign, base::quoted(condition.value)));
    return condition;
  }
  throw Error(fmt::format(
      "{}: expected a column, a relation and a value, as in 'state=failed' or 'test.accuracy>0.9'",
      base::quoted(text)));
}

void keep(Table& table, std::span<const Condition> conditions) {
  std::vector<std::size_t> places;
  for (const Condition& condition : conditions) places.push_back(place_of(table, condition.column));
  std::erase_if(table.rows, [&](const std::vector<Cell>& row) {
    for (std::size_t i = 0; i < conditions.size(); ++i)
      if (!meets(row[places[i]], conditions[i])) return true;
    return false;
  });
}

}  // namespace assay::batch
