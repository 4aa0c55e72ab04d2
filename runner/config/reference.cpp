#include "runner/config/reference.h"

#include <fmt/format.h>

#include "runner/base/time_format.h"
#include "runner/base/wording.h"
#include "runner/config/secret.h"

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

std::optional<Reference> next_reference(std::string_view text, std::size_t from) {
  std::size_t begin = text.find("${", from);
  while (begin != std::string_view::npos && begin > 0 && text[begin - 1] == '\\')
    begin = text.find("${", begin + 2);
  if (begin == std::string_view::npos) return std::nullopt;
  const std::size_t close = text.find('}', begin);
  if (close == std::string_view::npos) return Reference{begin, text.size(), {}, false};
  return Reference{begin, close + 1, text.substr(begin + 2, close - begin - 2)};
}

FilledBy filled_by(std::string_view name) {
  if (name.starts_with("now:")) return FilledBy::run_dir;
  if (is_secret(name)) return FilledBy::component;
  return name == step_reference || name == epoch_reference ? FilledBy::tag : FilledBy::config;
}

std::string literal(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (!text.substr(i).starts_with("\\${")) result += text[i];
  return result;
}

std::string escaped(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i).starts_with("${")) result += '\\';
    result += text[i];
  }
  return result;
}

std::string expand_now(std::string_view text, std::chrono::system_clock::time_point time) {
  constexpr std::string_view now = "now:";
  std::string result;
  std::size_t at = 0;
  while (const auto reference = next_reference(text, at)) {
    result += literal(text.substr(at, reference->begin - at));
    at = reference->end;
    if (reference->name.starts_with(now))
      result += base::formatted_time(std::string(reference->name.substr(now.size())), time);
    else result += text.substr(reference->begin, reference->end - reference->begin);
  }
  return result + literal(text.substr(at));
}

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
            "there is no arithmetic with references: write the result"};
  if (const std::size_t bracket = name.find('[');
      bracket != 0 && bracket != none && name.ends_with(']'))
    return {fmt::format("expected the name of a key, found {}", base::quoted(name)),
            fmt::format("an element of a list is written ${{{}.{}}}", name.substr(0, bracket),
                        name.substr(bracket + 1, name.size() - bracket - 2))};
  if (name.empty() || name.starts_with('.') || name.ends_with('.'))
    return {fmt::format("expected the full name of a key, found {}", base::quoted(name)),
            "${optimizer.learning_rate}"};
  return {};
}

}  // namespace assay::config
