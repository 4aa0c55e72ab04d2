#include "runner/config/secret.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <stdexcept>

#include "runner/base/utf8.h"
#include "runner/base/wording.h"

namespace assay::config {
namespace {

constexpr std::string_view prefix = "secret:";
constexpr std::size_t shortest = 4;  // bytes

bool is_variable(std::string_view name) {
  return !name.empty() && std::isdigit(static_cast<unsigned char>(name[0])) == 0 &&
         std::ranges::all_of(name,
                             [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
}

}  // namespace

bool is_secret(std::string_view name) { return name.starts_with(prefix); }

bool holds_secret(std::string_view text) {
  std::size_t at = 0;
  while (const auto reference = next_reference(text, at)) {
    if (is_secret(reference->name)) return true;
    at = reference->end;
  }
  return false;
}

NameProblem problem_with_secret(std::string_view name) {
  const std::string variable(name.substr(prefix.size()));
  if (variable.find(',') != variable.npos)
    return {"a secret has no default, which would be in plain text in the config",
            fmt::format("${{secret:{}}}, with the environment variable set",
                        base::shortened(variable.substr(0, variable.find(','))))};
  if (!is_variable(variable))
    return {fmt::format("expected the name of an environment variable, found {}",
                        base::quoted(variable)),
            "${secret:NAME}"};
  const char* const value = std::getenv(variable.c_str());
  if (value == nullptr)
    return {fmt::format("the environment variable {} is not set", base::quoted(variable)),
            fmt::format("a secret has no default: set {}", variable)};
  const std::string_view text = value;
  if (text.size() < shortest || base::one_line(text) != text)
    return {
        fmt::format("the environment variable {} does not hold a secret", base::quoted(variable)),
        fmt::format("a secret is one line of text of at least {} bytes", shortest)};
  return {};
}

std::string Secrets::filled(std::string_view text) {
  std::string result;
  std::size_t at = 0;
  while (const auto reference = next_reference(text, at)) {
    result += literal(text.substr(at, reference->begin - at));
    at = reference->end;
    const std::string written(text.substr(reference->begin, at - reference->begin));
    if (!is_secret(reference->name)) {
      result += written;
      continue;
    }
    if (const NameProblem problem = problem_with_secret(reference->name); !problem.message.empty())
      throw std::runtime_error(fmt::format("{}; {}", problem.message, problem.hint));
    const std::string value =
        std::getenv(std::string(reference->name.substr(prefix.size())).c_str());
    result += value;
    if (std::ranges::find(given_, value, &Given::value) != given_.end()) continue;
    const auto place = std::ranges::find_if(
        given_, [&value](const Given& given) { return given.value.size() < value.size(); });
    given_.insert(place, {value, written});
  }
  return result + literal(text.substr(at));
}

std::string Secrets::masked(std::string text) const {
  for (const Given& given : given_)
    for (std::size_t at = text.find(given.value); at != text.npos;
         at = text.find(given.value, at + given.reference.size()))
      text.replace(at, given.value.size(), given.reference);
  return text;
}

}  // namespace assay::config
