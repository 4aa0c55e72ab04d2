#include "runner/batch/table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>
#include <utility>

#include "assay/error.h"
#include "runner/base/utf8.h"
#include "runner/base/wording.h"

namespace assay::batch {
namespace {

std::string number_text(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number > 0 ? "Infinity" : "-Infinity";
  return fmt::format("{}", number);
}

// Returns a cell as people read it.
std::string short_text(const Cell& cell) {
  if (!cell.number) return cell.text;
  const double number = *cell.number;
  if (!std::isfinite(number)) return cell.text;
  if (std::floor(number) == number && std::abs(number) < 1e15) return fmt::format("{:.0f}", number);
  return fmt::format("{:.5g}", number);
}

std::string csv_field(const std::string& text) {
  if (text.find_first_of("\",\r\n") == text.npos) return text;
  std::string field = "\"";
  for (const char c : text) field += c == '"' ? std::string("\"\"") : std::string(1, c);
  return field + "\"";
}

std::string markdown_field(const std::string& text) {
  std::string field;
  for (const char c : text) {
    if (c == '|' || c == '\\') field += '\\';
    field += c == '\n' ? ' ' : c;
  }
  return field;
}

double deviation_of(std::span<const double> numbers, double mean) {
  if (numbers.size() < 2) return 0;
  double sum = 0;
  for (const double number : numbers) sum += (number - mean) * (number - mean);
  return std::sqrt(sum / static_cast<double>(numbers.size() - 1));
}

// Joins rows that agree in what varies otherwise.
std::vector<Cell> joined_rows(const Table& table, std::span<const std::size_t> rows,
                              const std::set<std::size_t>& numeric) {
  std::vector<Cell> joined;
  for (std::size_t column = 0; column < table.columns.size(); ++column) {
    if (numeric.contains(column)) {
      std::vector<double> numbers;
      for (const std::size_t row : rows)
        if (const auto number = table.rows[row][column].number) numbers.push_back(*number);
      if (numbers.empty()) {
        joined.insert(joined.end(), 2, Cell{});
        continue;
      }
      const double mean =
          std::reduce(numbers.begin(), numbers.end()) / static_cast<double>(numbers.size());
      joined.push_back(cell(mean));
      joined.push_back(cell(deviation_of(numbers, mean)));
    } else {
      const Cell& first = table.rows[rows.front()][column];
      const bool agree = std::ranges::all_of(
          rows, [&](std::size_t row) { return table.rows[row][column].text == first.text; });
      joined.push_back(agree ? first : Cell{});
    }
  }
  joined.push_back(cell(static_cast<double>(rows.size())));
  return joined;
}

}  // namespace

Cell cell(std::string text) { return {std::move(text), {}}; }
Cell cell(double number) { return {number_text(number), number}; }

std::optional<std::size_t> Table::column(std::string_view name) const {
  const auto found = std::ranges::find(columns, name);
  if (found != columns.end()) return static_cast<std::size_t>(found - columns.begin());
  const auto other = other_names.find(name);
  return other == other_names.end() ? std::nullopt : column(other->second);
}

std::size_t place_of(const Table& table, std::string_view column) {
  if (const auto place = table.column(column)) return *place;
  throw Error(fmt::format("there is no column {}; there are {}", base::quoted(column),
                          base::listed(table.columns)));
}

std::optional<double> number_in(const Cell& cell) {
  if (cell.number) return cell.number;
  double number = 0;
  const char* const end = cell.text.data() + cell.text.size();
  const auto read = std::from_chars(cell.text.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return number;
}

Table side_by_side(Table table, const Table& more) {
  for (std::size_t column = 0; column < more.columns.size(); ++column) {
    if (std::ranges::count(table.columns, more.columns[column]) > 0) continue;
    table.columns.push_back(more.columns[column]);
    for (std::size_t row = 0; row < table.rows.size(); ++row)
      table.rows[row].push_back(more.rows[row][column]);
  }
  return table;
}

void sort(Table& table, std::string_view column, std::optional<bool> order) {
  const std::size_t place = place_of(table, column);
  const auto better = table.better.find(table.columns[place]);
  const bool is_larger_better =
      better != table.better.end() && better->second == plan::BestPlan::Mode::max;
  const bool descending = order.value_or(is_larger_better);
  std::ranges::stable_sort(table.rows, [&](const auto& a, const auto& b) {
    const auto x = number_in(a[place]), y = number_in(b[place]);
    const bool x_is_number = x && !std::isnan(*x), y_is_number = y && !std::isnan(*y);
    if (x_is_number != y_is_number) return x_is_number;
    if (x_is_number) return descending ? *x > *y : *x < *y;
    return descending ? a[place].text > b[place].text : a[place].text < b[place].text;
  });
}

Table over(const Table& table, std::span<const std::string> columns,
           std::span<const std::string> swept) {
  std::set<std::size_t> left_out, numeric;
  for (const std::string& column : columns) left_out.insert(place_of(table, column));
  for (std::size_t column = 0; column < table.columns.size(); ++column)
    if (std::ranges::any_of(table.rows,
                            [&](const auto& row) { return row[column].number.has_value(); }))
      numeric.insert(column);
  std::map<std::vector<std::string>, std::vector<std::size_t>> groups;
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    std::vector<std::string> group;
    for (std::size_t column = 0; column < table.columns.size(); ++column) {
      const bool varies =
          std::ranges::count(swept, table.columns[column]) > 0 || table.columns[column] == "config";
      if (varies && !left_out.contains(column)) group.push_back(table.rows[row][column].text);
    }
    groups[group].push_back(row);
  }
  Table joined;
  for (std::size_t column = 0; column < table.columns.size(); ++column) {
    joined.columns.push_back(table.columns[column]);
    if (numeric.contains(column)) joined.columns.push_back(table.columns[column] + " deviation");
  }
  joined.columns.emplace_back("runs");
  for (const auto& [group, rows] : groups) joined.rows.push_back(joined_rows(table, rows, numeric));
  joined.better = table.better;
  joined.other_names = table.other_names;
  std::vector<std::string> kept;
  for (const std::string& column : joined.columns) {
    const auto place = table.column(column);
    const bool is_left_out = place && left_out.contains(*place);
    if (!is_left_out && column != "key" && column != "weights_digest") kept.push_back(column);
  }
  return with_columns(joined, kept);
}

Table with_columns(const Table& table, std::span<const std::string> columns) {
  std::vector<std::size_t> places;
  for (const std::string& column : columns) places.push_back(place_of(table, column));
  Table part{{}, {}, table.better, table.other_names};
  for (const std::size_t place : places) part.columns.push_back(table.columns[place]);
  for (const auto& row : table.rows) {
    std::vector<Cell>& cells = part.rows.emplace_back();
    for (const std::size_t place : places) cells.push_back(row[place]);
  }
  return part;
}

std::string as_csv(const Table& table) {
  std::string csv;
  const auto add = [&csv](const std::vector<std::string>& fields) {
    csv += fmt::format("{}\n", fmt::join(fields, ","));
  };
  std::vector<std::string> fields;
  for (const std::string& column : table.columns) fields.push_back(csv_field(column));
  add(fields);
  for (const auto& row : table.rows) {
    fields.clear();
    for (const Cell& value : row) fields.push_back(csv_field(value.text));
    add(fields);
  }
  return csv;
}

std::string as_markdown(const Table& table) {
  std::string text = "|";
  for (const std::string& column : table.columns)
    text += fmt::format(" {} |", markdown_field(column));
  text += "\n|";
  for (std::size_t column = 0; column < table.columns.size(); ++column) {
    const bool is_numeric = std::ranges::any_of(
        table.rows, [&](const auto& row) { return row[column].number.has_value(); });
    text += is_numeric ? "--:|" : "---|";
  }
  for (const auto& row : table.rows) {
    text += "\n|";
    for (const Cell& value : row) text += fmt::format(" {} |", markdown_field(short_text(value)));
  }
  return text + "\n";
}

std::string as_json(const Table& table) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const auto& row : table.rows) {
    nlohmann::ordered_json object = nlohmann::ordered_json::object();
    for (std::size_t column = 0; column < table.columns.size(); ++column) {
      const Cell& value = row[column];
      // JSON has no NaN; nlohmann/json would write null.
      const bool is_number = value.number && std::isfinite(*value.number);
      if (is_number) object[table.columns[column]] = *value.number;
      else object[table.columns[column]] = value.text;
    }
    rows.push_back(std::move(object));
  }
  return rows.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

std::string as_text(const Table& table) {
  const std::size_t columns = table.columns.size();
  std::vector<std::size_t> widths;
  std::vector<bool> is_numeric(columns);
  for (const std::string& column : table.columns) widths.push_back(base::width(column));
  std::vector<std::vector<std::string>> lines;
  for (const auto& row : table.rows) {
    std::vector<std::string>& fields = lines.emplace_back();
    for (std::size_t column = 0; column < columns; ++column) {
      fields.push_back(base::one_line(short_text(row[column])));
      widths[column] = std::max(widths[column], base::width(fields.back()));
      if (row[column].number) is_numeric[column] = true;
    }
  }
  std::string text;
  const auto add_line = [&](std::span<const std::string> fields, const auto& is_number) {
    std::string line;
    for (std::size_t column = 0; column < columns; ++column) {
      const std::string space(widths[column] - base::width(fields[column]), ' ');
      line += is_number(column) ? space + fields[column] : fields[column] + space;
      line += "  ";
    }
    line.resize(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  };
  add_line(table.columns, [&](std::size_t column) { return bool{is_numeric[column]}; });
  for (std::size_t row = 0; row < lines.size(); ++row)
    add_line(lines[row],
             [&](std::size_t column) { return table.rows[row][column].number.has_value(); });
  return text;
}

}  // namespace assay::batch
