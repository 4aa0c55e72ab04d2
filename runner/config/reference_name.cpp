#include "runner/config/reference_name.h"

#include <fmt/format.h>

#include "runner/base/wording.h"

namespace assay::config {
namespace {

constexpr std::string_view calculating = "+*/%()<>= ";
constexpr std::string_view resolvers =
    "${env:NAME}, ${env:NAME,default}, ${secret:NAME}, ${now:FORMAT}";
constexpr auto none = std::string_view::npos;

std::string_view without_blanks(std::string_view name) {
  const std::size_t first = name.find_first_not_of(' ');
  if (first == none) return {};
  return name.substr(first, name.find_last_not_of(' ') + 1 - first);
}

}  // namespace

NameProblem problem_with_reference(std::string_view name) {
  if (name.find("${") != none) return {"a reference within a reference", "name the key itself"};
  if (name == "now") return {"'${now}' needs a format", "${now:%Y%m%d-%H%M%S}"};
  const std::string_view bare = without_blanks(name);
  if (bare.size() < name.size() && !bare.empty())
    return {fmt::format("expected the name of a key, found {}", base::quoted(name)),
            fmt::format("without blanks around it: ${{{}}}", base::shortened(bare))};
  if (name.find(':') != none)
    return {fmt::format("there is no '${{{}:...}}'", name.substr(0, name.find(':'))),
            fmt::format("there are {}", resolvers)};
  if (name.find_first_of(calculating) != none)
    return {fmt::format("expected the name of a key, found {}", base::quoted(name)),
            "references are not calculated with: write the result"};
  if (const std::size_t bracket = name.find('[');
      bracket != 0 && bracket != none && name.ends_with(']'))
    return {fmt::format("expected the name of a key, found {}", base::quoted(name)),
            fmt::format("an element of a list is named so: ${{{}.{}}}", name.substr(0, bracket),
                        name.substr(bracket + 1, name.size() - bracket - 2))};
  if (name.empty() || name.starts_with('.') || name.ends_with('.'))
    return {fmt::format("expected the full name of a key, found {}", base::quoted(name)),
            "${optimizer.learning_rate}"};
  return {};
}

}  // namespace assay::config
