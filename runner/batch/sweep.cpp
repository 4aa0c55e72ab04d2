#include "runner/batch/sweep.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "assay/error.h"
#include "assay/number_text.h"
#include "runner/base/wording.h"

namespace assay::batch {
namespace {

constexpr std::string_view blanks = " \t";
constexpr std::string_view new_sweep = "also";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

[[noreturn]] void fail(const std::string& what) { throw Error(what); }

// Returns the end of the quoted text that begins at `at`.
std::size_t after_quotes(std::string_view text, std::size_t at) {
  const char quote = text[at++];
  while (at < text.size() && text[at] != quote) at += text[at] == '\\' ? 2 : 1;
  return std::min(at + 1, text.size());
}

// Splits a text at its commas, except those within brackets, quotes and references.
std::vector<std::string_view> split_at_commas(std::string_view text) {
  std::vector<std::string_view> parts;
  std::size_t begin = 0, depth = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '\\') {
      at = std::min(at + 2, text.size());
    } else if (c == '"' || c == '\'') {
      at = after_quotes(text, at);
    } else {
      if (c == '(' || c == '[' || c == '{') ++depth;
      if (c == ')' || c == ']' || c == '}') {
        if (depth == 0) fail(fmt::format("'{}' closes no bracket", c));
        --depth;
      }
      if (c == ',' && depth == 0) {
        parts.push_back(trimmed(text.substr(begin, at - begin)));
        begin = at + 1;
      }
      ++at;
    }
  }
  if (depth > 0) fail("a bracket is never closed");
  parts.push_back(trimmed(text.substr(begin)));
  return parts;
}

// A call of a function of the grammar: "range(0, 5)".
struct Call {
  std::string_view name;
  std::vector<std::string_view> arguments;
};

std::optional<Call> call_in(std::string_view text) {
  const std::size_t open = text.find('(');
  if (open == text.npos || open == 0 || !text.ends_with(')')) return std::nullopt;
  const std::string_view name = text.substr(0, open);
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  if (!std::ranges::all_of(name, is_letter)) return std::nullopt;
  return Call{name, split_at_commas(text.substr(open + 1, text.size() - open - 2))};
}

// A decimal number: digits * 10^exponent. Ranges are counted in these, since 0.1 + 0.2 is no binary
// number.
struct Decimal {
  std::int64_t digits = 0;
  int exponent = 0;
};

std::optional<Decimal> decimal_in(std::string_view text) {
  std::string digits;
  Decimal number;
  std::size_t at = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
  if (text.starts_with('-')) digits = "-";
  bool has_digits = false, has_point = false;
  for (; at < text.size() && text[at] != 'e' && text[at] != 'E'; ++at) {
    if (text[at] == '.' && !has_point) {
      has_point = true;
    } else if (text[at] >= '0' && text[at] <= '9') {
      digits += text[at];
      has_digits = true;
      if (has_point) --number.exponent;
    } else {
      return std::nullopt;
    }
  }
  if (!has_digits) return std::nullopt;
  if (at < text.size()) {
    int power = 0;
    std::string_view rest = text.substr(at + 1);
    if (rest.starts_with('+')) rest.remove_prefix(1);
    const auto read = std::from_chars(rest.data(), rest.data() + rest.size(), power);
    if (read.ec != std::errc() || read.ptr != rest.data() + rest.size() || std::abs(power) > 400)
      return std::nullopt;
    number.exponent += power;
  }
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number.digits);
  if (read.ec != std::errc()) return std::nullopt;
  return number;
}

// Returns the digits of the number with a smaller exponent; nothing if there are too many.
std::optional<std::int64_t> scaled(Decimal number, int exponent) {
  for (; number.exponent > exponent; --number.exponent)
    if (__builtin_mul_overflow(number.digits, std::int64_t{10}, &number.digits))
      return std::nullopt;
  return number.digits;
}

std::string decimal_text(std::int64_t digits, int exponent) {
  if (exponent > 0) return fmt::format("{}e{}", digits, exponent);
  std::string text = std::to_string(digits < 0 ? -digits : digits);
  const auto places = static_cast<std::size_t>(-exponent);
  if (places > 0) {
    if (text.size() <= places) text.insert(0, places + 1 - text.size(), '0');
    text.insert(text.size() - places, ".");
  }
  return (digits < 0 ? "-" : "") + text;
}

// Returns the numbers of range(end), range(begin, end) or range(begin, end, step).
std::vector<std::string> numbers_of_range(const Call& call) {
  std::vector<Decimal> given;
  for (const std::string_view text : call.arguments) {
    const auto number = decimal_in(text);
    if (!number)
      fail(fmt::format("{} is no number that range(...) can count with",
                       base::quoted(base::shortened(text))));
    given.push_back(*number);
  }
  if (given.empty() || given.size() > 3)
    fail("expected range(end), range(begin, end) or range(begin, end, step)");
  if (given.size() == 1) given.insert(given.begin(), Decimal{});
  if (given.size() == 2) given.push_back(Decimal{1, 0});
  const int exponent = std::min({given[0].exponent, given[1].exponent, given[2].exponent});
  const auto begin = scaled(given[0], exponent), end = scaled(given[1], exponent),
             step = scaled(given[2], exponent);
  if (!begin || !end || !step) fail("these numbers have too many digits for range(...)");
  if (*step == 0) fail("the step of range(...) is 0");
  std::vector<std::string> numbers;
  for (std::int64_t now = *begin; *step > 0 ? now < *end : now > *end;) {
    if (numbers.size() == most_points)
      fail(fmt::format("range(...) has more than {} values", grouped(most_points)));
    numbers.push_back(decimal_text(now, exponent));
    if (__builtin_add_overflow(now, *step, &now)) break;
  }
  if (numbers.empty())
    fail("range(...) is empty: it goes from its first number to below its second");
  return numbers;
}

double bound_of(std::string_view text) {
  double value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size() || !std::isfinite(value))
    fail(fmt::format("{} is no number", base::quoted(base::shortened(text))));
  return value;
}

bool is_interval(std::string_view function) {
  return function == "interval" || function == "uniform" || function == "loguniform";
}

Interval interval_of(const Call& call) {
  if (call.arguments.size() != 2)
    fail(fmt::format("expected {0}(low, high), two numbers", call.name));
  Interval interval{bound_of(call.arguments[0]), bound_of(call.arguments[1])};
  interval.logarithmic = call.name == "loguniform";
  if (interval.low >= interval.high)
    fail(fmt::format("{}(...) takes the smaller number first", call.name));
  if (interval.logarithmic && interval.low <= 0) fail("loguniform(...) takes numbers above 0");
  return interval;
}

}  // namespace

Axis values_of(const std::string& key, std::string_view text) {
  Axis axis{{key}, {}, {}};
  const auto values = split_at_commas(text);
  const auto call = values.size() == 1 ? call_in(values.front()) : std::nullopt;
  const auto whole = call && call->name == "int" && call->arguments.size() == 1
                         ? call_in(call->arguments.front())
                         : std::nullopt;
  const auto take = [&](const auto& texts) {
    for (const auto& value : texts) {
      if (value.empty()) fail("a value is missing between commas; \"\" is an empty text");
      axis.points.push_back({{key, std::string(value), {}}});
    }
  };
  if (whole && is_interval(whole->name)) {
    axis.interval = interval_of(*whole);
    axis.interval->whole = true;
    if (std::ceil(axis.interval->low) > std::floor(axis.interval->high))
      fail("there is no whole number between these two");
  } else if (call && is_interval(call->name)) {
    axis.interval = interval_of(*call);
  } else if (call && call->name == "range") {
    take(numbers_of_range(*call));
  } else if (call && call->name == "choice") {
    take(call->arguments);
  } else if (call) {
    fail(
        fmt::format("there is no function {}(...); there are choice, range, interval, "
                    "uniform, loguniform and int(interval(...)), and zip(...) around "
                    "keys; quote a text that holds brackets",
                    call->name));
  } else {
    take(values);
  }
  return axis;
}

Axis zipped(std::span<const Axis> columns) {
  Axis axis;
  axis.points.resize(columns.front().points.size());
  for (const Axis& column : columns) {
    if (column.interval) fail("zip(...) takes lists of values, and no intervals");
    if (column.points.size() != axis.points.size())
      fail(
          fmt::format("zip(...) takes as many values for each key, and '{}' has {} where '{}' has "
                      "{}",
                      columns.front().keys.front(), axis.points.size(), column.keys.front(),
                      column.points.size()));
    axis.keys.push_back(column.keys.front());
    for (std::size_t i = 0; i < axis.points.size(); ++i)
      axis.points[i].push_back(column.points[i].front());
  }
  return axis;
}

bool is_key(std::string_view text) {
  return !text.empty() && text.find_first_of("=,()[]{}\"'\\ ~+") == text.npos;
}

namespace {

// Returns the place of the '=' behind a key at the begin of a text.
std::optional<std::size_t> end_of_key(std::string_view text) {
  const std::size_t end = text.find_first_of("=,()[]{}\"'\\ ");
  if (end == text.npos || end == 0 || text[end] != '=') return std::nullopt;
  return end;
}

// Reads zip(key=a,b, other=c,d): the first value of each, then the second of each.
Axis zip_in(const Call& call) {
  std::vector<std::pair<std::string, std::vector<std::string_view>>> given;
  for (const std::string_view part : call.arguments) {
    std::string_view value = part;
    if (const auto equals = end_of_key(part)) {
      given.emplace_back(part.substr(0, *equals), std::vector<std::string_view>());
      value = trimmed(part.substr(*equals + 1));
    }
    if (given.empty() || value.empty())
      fail("expected zip(key=a,b, other=c,d), with as many values for each key");
    given.back().second.push_back(value);
  }
  std::vector<Axis> columns;
  for (const auto& [key, values] : given) {
    if (values.size() == 1) {
      columns.push_back(values_of(key, values.front()));
      continue;
    }
    columns.push_back({{key}, {}, {}});
    for (const std::string_view value : values)
      columns.back().points.push_back({{key, std::string(value), {}}});
  }
  return zipped(columns);
}

// Splits a line of comma-separated values. A field in quotes may hold commas, and "" for a quote.
std::vector<std::string> fields_of(std::string_view line) {
  std::vector<std::string> fields(1);
  bool in_quotes = false;
  for (std::size_t at = 0; at < line.size(); ++at) {
    const char c = line[at];
    if (c == '"' && in_quotes && at + 1 < line.size() && line[at + 1] == '"') {
      fields.back() += line[++at];
    } else if (c == '"') {
      in_quotes = !in_quotes;
    } else if (c == ',' && !in_quotes) {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  for (std::string& field : fields) field = std::string(trimmed(field));
  return fields;
}

// Reads a table of trials: a line of keys, and a line of values for each run. An empty field leaves
// the key as the config has it.
Axis table_in(const std::string& path, std::string_view text) {
  Axis axis;
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (trimmed(line).empty()) continue;
    const std::vector<std::string> fields = fields_of(line);
    if (axis.keys.empty()) {
      axis.keys = fields;
      for (const std::string& key : fields)
        if (key.empty() || std::ranges::count(fields, key) > 1)
          throw Error(fmt::format("{}:{}: expected a line of keys, each once, found {}", path,
                                  number, base::quoted(key)));
      continue;
    }
    if (fields.size() != axis.keys.size())
      throw Error(fmt::format("{}:{}: found {}, expected {}, one for each key of the first line",
                              path, number, counted(fields.size(), "value"), axis.keys.size()));
    Point& point = axis.points.emplace_back();
    for (std::size_t i = 0; i < fields.size(); ++i)
      if (!fields[i].empty()) point.push_back({axis.keys[i], fields[i], {}});
  }
  if (axis.points.empty())
    throw Error(
        fmt::format("{}: expected a line of keys, and a line of values for each run", path));
  return axis;
}

// Adds an argument to a sweep.
void add(Sweep& sweep, const std::string& argument) {
  if (argument.starts_with("zip(")) {
    const auto call = call_in(trimmed(argument));
    if (!call) fail("a bracket is never closed");
    sweep.axes.push_back(zip_in(*call));
    return;
  }
  const auto equals = end_of_key(argument);
  if (!equals || argument.starts_with('~')) {
    sweep.fixed.push_back(argument);
    return;
  }
  if (argument.starts_with("sweep."))
    fail(fmt::format("an argument sweeps a key without '{}'", "sweep."));
  Axis axis =
      values_of(argument.substr(0, *equals), std::string_view(argument).substr(*equals + 1));
  if (axis.interval || axis.points.size() > 1) {
    sweep.axes.push_back(std::move(axis));
    return;
  }
  // choice(a) and range(1) are one value each.
  sweep.fixed.push_back(argument_of(axis.points.front().front()));
}

}  // namespace

std::optional<std::size_t> Sweep::combinations() const {
  std::size_t count = 1;
  for (const Axis& axis : axes) {
    if (axis.interval || __builtin_mul_overflow(count, axis.points.size(), &count) ||
        count > most_points)
      return std::nullopt;
  }
  return count;
}

std::vector<Sweep> read_sweeps(std::span<const std::string> arguments, const ReadFile& read_file) {
  std::vector<Sweep> sweeps(1);
  for (const std::string& argument : arguments) {
    if (argument == new_sweep) {
      sweeps.emplace_back();
    } else if (argument.starts_with('@')) {
      const std::string path = argument.substr(1);
      sweeps.back().axes.push_back(table_in(path, read_file(path)));
    } else {
      try {
        add(sweeps.back(), argument);
      } catch (const Error& error) {
        throw Error(
            fmt::format("argument {}: {}", base::quoted(base::shortened(argument)), error.what()));
      }
    }
  }
  for (const Sweep& sweep : sweeps) {
    if (sweeps.size() > 1 && sweep.axes.empty() && sweep.fixed.empty())
      throw Error(fmt::format("'{}' stands between the arguments of two sweeps", new_sweep));
    std::vector<std::string> keys;
    for (const Axis& axis : sweep.axes) keys.insert(keys.end(), axis.keys.begin(), axis.keys.end());
    for (const std::string& key : keys)
      if (std::ranges::count(keys, key) > 1)
        throw Error(
            fmt::format("{} is swept twice; '{}' between two arguments begins a second "
                        "sweep, whose runs follow",
                        base::quoted(key), new_sweep));
  }
  return sweeps;
}

std::string argument_of(const Setting& setting) { return setting.key + "=" + setting.value; }

}  // namespace assay::batch
