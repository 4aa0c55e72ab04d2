#include "runner/command_line/arguments.h"

#include <fmt/format.h>

#include "runner/command_line/usage_error.h"

namespace assay::command_line {
namespace {

[[noreturn]] void no_config(std::string_view argument) {
  throw UsageError(fmt::format(
      "a config is missing{}",
      argument.empty() ? ""
                       : fmt::format(" before '{0}'; a file of this name is ./{0}", argument)));
}

}  // namespace

bool is_override(std::string_view argument) {
  if (argument.starts_with('+') || (argument.starts_with('~') && !argument.starts_with("~/")))
    return true;
  return argument.substr(0, argument.find('/')).find('=') != std::string_view::npos;
}

std::vector<ConfigArguments> configs_alike(std::span<const std::string> arguments) {
  std::vector<ConfigArguments> configs;
  std::vector<std::string> overrides;
  for (const std::string& argument : arguments) {
    if (is_override(argument)) overrides.push_back(argument);
    else configs.push_back({argument, {}});
  }
  if (configs.empty()) no_config(overrides.empty() ? "" : overrides.front());
  for (ConfigArguments& config : configs) config.overrides = overrides;
  return configs;
}

std::vector<ConfigArguments> configs_apart(std::span<const std::string> arguments) {
  std::vector<ConfigArguments> configs;
  for (const std::string& argument : arguments) {
    if (!is_override(argument)) configs.push_back({argument, {}});
    else if (configs.empty()) no_config(argument);
    else configs.back().overrides.push_back(argument);
  }
  if (configs.empty()) no_config("");
  return configs;
}

}  // namespace assay::command_line
