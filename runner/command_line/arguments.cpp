#include "runner/command_line/arguments.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "runner/base/words.h"
#include "runner/command_line/usage_error.h"
#include "runner/config/mistakes/suggest.h"
#include "runner/config/sweep.h"
#include "runner/plan/schema.h"

namespace assay::command_line {
namespace {

[[noreturn]] void no_config(std::string_view argument) {
  throw UsageError(fmt::format(
      "a config is missing{}",
      argument.empty() ? ""
                       : fmt::format(" before '{0}'; a file of this name is ./{0}", argument)));
}

void refuse_fragment(std::string_view argument) {
  if (argument.starts_with('@'))
    throw UsageError(fmt::format(
        "'{0}': a file is taken for a key: optimizer={0}; a config of this name is ./{0}",
        argument));
}

}  // namespace

bool is_override(std::string_view argument) {
  if (argument.starts_with('+') || (argument.starts_with('~') && !argument.starts_with("~/")))
    return true;
  return argument.substr(0, argument.find('/')).find('=') != std::string_view::npos;
}

std::string override_for(std::string_view option, std::string_view next_argument) {
  option.remove_prefix(std::min(option.find_first_not_of('-'), option.size()));
  const std::size_t equals = option.find('=');
  std::string name(option.substr(0, equals));
  std::ranges::replace(name, '-', '_');
  std::string_view value = "VALUE";
  if (equals != std::string_view::npos) value = option.substr(equals + 1);
  else if (!next_argument.empty() && !next_argument.starts_with('-')) value = next_argument;
  // Consider the keys that every config has.
  std::vector<std::string> names = {"learning_rate"};
  std::vector<std::string> keys = {"optimizer.learning_rate"};
  for (const Parameter& p : plan::experiment_parameters()) {
    names.push_back(p.name);
    keys.push_back(p.name);
    if (p.type != ParameterType::group) continue;
    for (const Parameter& member : p.group()) {
      names.push_back(member.name);
      keys.push_back(fmt::format("{}.{}", p.name, member.name));
    }
  }
  if (std::ranges::find(keys, name) != keys.end() || name.find('.') != std::string::npos)
    return fmt::format("{}={}", name, value);
  const auto meant = std::ranges::find(names, config::suggest(name, names));
  if (meant == names.end()) return {};
  return fmt::format("{}={}", keys[static_cast<std::size_t>(meant - names.begin())], value);
}

std::string several_runs_for(std::string_view option, std::span<const std::string> arguments) {
  if (option != "-m" && option != "--multirun") return {};
  config::Sweep sweep{"KEY", {"A", "B"}};
  for (const std::string& argument : arguments)
    if (auto found = config::read_sweep(argument)) {
      sweep = std::move(*found);
      break;
    }
  const auto config = std::ranges::find_if(arguments, [](const std::string& argument) {
    return argument.ends_with(".yaml") && !is_override(argument);
  });
  return fmt::format("Assay does one run at a time. For several, in a shell: {}",
                     config == arguments.end()
                         ? config::loop_over(sweep)
                         : config::loop_over(sweep, base::shell_quoted(*config)));
}

std::vector<ConfigArguments> configs_alike(std::span<const std::string> arguments) {
  std::vector<ConfigArguments> configs;
  std::vector<std::string> overrides;
  for (const std::string& argument : arguments) {
    refuse_fragment(argument);
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
    refuse_fragment(argument);
    if (!is_override(argument)) configs.push_back({argument, {}});
    else if (configs.empty()) no_config(argument);
    else configs.back().overrides.push_back(argument);
  }
  if (configs.empty()) no_config("");
  return configs;
}

}  // namespace assay::command_line
