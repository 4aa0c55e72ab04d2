#include "runner/contact_sheet/key_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "assay/error.h"
#include "runner/base/utf8.h"
#include "runner/base/wording.h"

namespace assay::contact_sheet {
namespace {

using batch::Batch;
using batch::BatchRun;
using batch::Status;
using Values = std::vector<std::optional<std::string>>;  // by run

constexpr std::string_view config_key = "config";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::optional<double> number_in(std::string_view text) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end || !std::isfinite(number)) return std::nullopt;
  return number;
}

// Returns a value of a plan, which is YAML, as people read it.
std::string without_quotes(const std::string& yaml) {
  if (!yaml.starts_with('"')) return yaml;
  const auto text = nlohmann::json::parse(yaml, nullptr, false);
  return text.is_string() ? text.get<std::string>() : yaml;
}

std::optional<std::string> value_of(std::string_view key, const BatchRun& run,
                                    const Status& status) {
  if (key == config_key) return run.config;
  const auto planned = [&](const std::string& full) -> std::optional<std::string> {
    if (!status.record) return std::nullopt;
    const auto found = status.record->plan.find(full);
    if (found == status.record->plan.end()) return std::nullopt;
    return without_quotes(found->second);
  };
  if (auto value = planned(std::string(key))) return value;
  const auto set = std::ranges::find(run.point, key, &batch::Setting::key);
  if (set != run.point.end()) return set->value;
  return planned(fmt::format("{}.type", key));  // a component: `optimizer=sgd,adam`
}

// Returns true for numbers that spread by factors: sampled so, or skewed as such numbers are.
bool spreads_by_factors(const std::vector<double>& numbers, std::string_view key,
                        const Batch& batch) {
  if (numbers.size() < 2 || numbers.front() <= 0) return false;
  for (const std::string& argument : batch.arguments)
    if (argument.starts_with(fmt::format("{}=loguniform(", key)) ||
        argument.starts_with(fmt::format("{}=int(loguniform(", key)))
      return true;
  const double ratio = numbers.back() / numbers.front();
  if (ratio < 8) return false;
  double sum = 0, sum_of_logarithms = 0;
  for (const double number : numbers) sum += number, sum_of_logarithms += std::log(number);
  const auto count = static_cast<double>(numbers.size());
  const double middle =
      (std::log(numbers[(numbers.size() - 1) / 2]) + std::log(numbers[numbers.size() / 2])) / 2;
  return std::abs(middle - sum_of_logarithms / count) < std::abs(middle - std::log(sum / count));
}

Key make_key(std::string name, const Values& values, const Batch& batch) {
  Key key{.name = std::move(name), .label = {}, .values = {}, .numbers = {}};
  std::set<double> numbers;
  bool are_numbers = true;
  for (const auto& value : values) {
    if (!value) continue;
    const auto number = number_in(*value);
    are_numbers = are_numbers && number.has_value();
    if (number) numbers.insert(*number);
  }
  if (are_numbers) {
    key.numbers.assign(numbers.begin(), numbers.end());
    for (const double number : key.numbers) key.values.push_back(fmt::format("{}", number));
    key.logarithmic = spreads_by_factors(key.numbers, key.name, batch);
    return key;
  }
  for (const auto& value : values)
    if (value) key.values.push_back(*value);
  std::ranges::sort(key.values, [](const auto& a, const auto& b) { return sorts_before(a, b); });
  key.values.erase(std::unique(key.values.begin(), key.values.end()), key.values.end());
  return key;
}

ValueIndex index_of(const Key& key, const std::optional<std::string>& value) {
  if (!value) return std::nullopt;
  if (key.is_numeric())
    return static_cast<std::size_t>(std::ranges::find(key.numbers, *number_in(*value)) -
                                    key.numbers.begin());
  return static_cast<std::size_t>(std::ranges::find(key.values, *value) - key.values.begin());
}

bool is_seed(std::string_view key) { return key == "seed" || key.ends_with(".seed"); }

// Returns the shortest end of each name that is the end of no other one.
void set_labels(std::vector<Key>& keys) {
  const auto last_parts = [](const std::string& name, int parts) {
    std::size_t at = name.size();
    while (parts-- > 0 && at != std::string::npos && at > 0) at = name.rfind('.', at - 1);
    return at == std::string::npos || at == 0 ? name : name.substr(at + 1);
  };
  for (Key& key : keys) {
    for (int parts = 1;; ++parts) {
      key.label = last_parts(key.name, parts);
      const auto same = std::ranges::count_if(
          keys, [&](const Key& other) { return last_parts(other.name, parts) == key.label; });
      if (same == 1 || key.label == key.name) break;
    }
  }
}

}  // namespace

bool sorts_before(std::string_view a, std::string_view b) {
  std::size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    if (is_digit(a[i]) && is_digit(b[j])) {
      const auto end_of = [](std::string_view text, std::size_t at) {
        while (at < text.size() && is_digit(text[at])) ++at;
        return at;
      };
      const std::size_t end_a = end_of(a, i), end_b = end_of(b, j);
      const auto digits = [](std::string_view text) {
        return text.substr(std::min(text.find_first_not_of('0'), text.size()));
      };
      const std::string_view left = digits(a.substr(i, end_a - i));
      const std::string_view right = digits(b.substr(j, end_b - j));
      if (left != right)
        return left.size() != right.size() ? left.size() < right.size() : left < right;
      i = end_a, j = end_b;
      continue;
    }
    if (a[i] != b[j]) return static_cast<unsigned char>(a[i]) < static_cast<unsigned char>(b[j]);
    ++i, ++j;
  }
  const bool a_ends = i == a.size(), b_ends = j == b.size();
  return a_ends != b_ends ? a_ends : a < b;
}

KeyValues key_values(const Batch& batch, std::span<const Status> statuses,
                     std::span<const std::string> first) {
  std::vector<std::string> names;
  if (std::ranges::any_of(
          batch.runs, [&](const BatchRun& run) { return run.config != batch.runs.front().config; }))
    names.emplace_back(config_key);
  names.insert(names.end(), batch.keys.begin(), batch.keys.end());

  std::map<std::string, Values> values;
  std::vector<std::string> varying;
  for (const std::string& name : names) {
    Values& of_runs = values[name];
    for (std::size_t i = 0; i < batch.runs.size(); ++i)
      of_runs.push_back(value_of(name, batch.runs[i], statuses[i]));
    if (std::set(of_runs.begin(), of_runs.end()).size() > 1) varying.push_back(name);
  }
  for (const std::string& name : first)
    if (std::ranges::find(varying, name) == varying.end())
      throw Error(varying.empty()
                      ? fmt::format("{}: no key of this batch varies", base::quoted(name))
                      : fmt::format("{} does not vary in this batch; the keys that do are {}",
                                    base::quoted(name), base::listed(varying)));
  const auto rank = [&](const std::string& name) {
    const auto wished = std::ranges::find(first, name);
    if (wished != first.end()) return static_cast<int>(wished - first.begin()) - 1'000'000;
    return is_seed(name) ? 1 : 0;
  };
  std::ranges::stable_sort(varying, {}, rank);

  KeyValues result;
  result.of_runs.resize(batch.runs.size());
  for (const std::string& name : varying) {
    const Key key = make_key(name, values[name], batch);
    for (std::size_t i = 0; i < batch.runs.size(); ++i)
      result.of_runs[i].push_back(index_of(key, values[name][i]));
    result.keys.push_back(key);
  }
  set_labels(result.keys);
  for (Key& key : result.keys)
    for (std::string& value : key.values) value = base::one_line(value);
  return result;
}

}  // namespace assay::contact_sheet
