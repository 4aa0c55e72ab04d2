#include "runner/train/metric_results.h"

#include <fmt/format.h>

#include <algorithm>

#include "assay/error.h"
#include "assay/number_text.h"
#include "assay/text.h"
#include "runner/base/wording.h"

namespace assay::train {
namespace {

constexpr std::size_t most_values = std::size_t{1} << 24;

}  // namespace

std::vector<ResultInfo> results_of(const plugin_host::Handle<Metric>& metric) {
  std::vector<ResultInfo> results;
  const auto wrong = [&](const std::string& what) {
    throw Error(fmt::format("{}: {}", metric.who(), what));
  };
  metric.call([&](const Metric& m) {
    for (const MetricResult& result : m.results())
      results.push_back({std::string(result.name), 0,
                         static_cast<std::size_t>(std::max<std::int64_t>(result.size, 0))});
  });
  if (results.empty()) wrong("it has no results; expected at least one");
  std::size_t next = 0;
  for (auto result = results.begin(); result != results.end(); ++result) {
    if (!result->name.empty() && !is_name(result->name))
      wrong(
          fmt::format("{} is not a name of a result; expected lower-case letters, digits and "
                      "underscores, or nothing",
                      base::quoted(result->name)));
    if (std::find_if(results.begin(), result, [&](const ResultInfo& earlier) {
          return earlier.name == result->name;
        }) != result)
      wrong(fmt::format("it has two results '{}'", result->name));
    if (result->size < 1 || result->size > most_values - next)
      wrong(fmt::format("its result '{}' has {} values; expected 1 to {} in all", result->name,
                        grouped(result->size), grouped(most_values)));
    result->first = next;
    next += result->size;
  }
  return results;
}

}  // namespace assay::train
