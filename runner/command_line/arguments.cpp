#include "runner/command_line/arguments.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "runner/base/suggest.h"
#include "runner/base/words.h"
#include "runner/command_line/usage_error.h"
#include "runner/config/argument.h"
#include "runner/config/mistakes/similar_file.h"
#include "runner/plan/schema.h"

namespace assay::command_line {
namespace {

[[noreturn]] void no_config(std::string_view argument) {
  throw UsageError(fmt::format(
      "a config is missing{}",
      argument.empty() ? ""
                       : fmt::format(" before '{0}'; a file of this name is ./{0}", argument)));
}

// Throws UsageError if the first of the arguments is neither an override nor a config, but was
// meant to set a key: `@adam.yaml`, `train.epochs 5`.
void refuse_part_of_override(std::span<const std::string> arguments) {
  const std::string& argument = arguments.front();
  if (argument.starts_with('@'))
    throw UsageError(
        fmt::format("'{0}': a file is given as the value of a key: optimizer={0}; a config of this "
                    "name is ./{0}",
                    argument));
  const std::string_view section = std::string_view(argument).substr(0, argument.find('.'));
  const bool is_key = std::ranges::any_of(plan::experiment_parameters(),
                                          [section](const auto& p) { return p.name == section; });
  std::error_code error;
  if (!is_key || config::is_name_of_config(argument) || std::filesystem::exists(argument, error) ||
      !config::similar_file(argument).empty())
    return;
  const bool has_value = arguments.size() > 1 && !is_override(arguments[1]) &&
                         !config::is_name_of_config(arguments[1]);
  throw UsageError(fmt::format("'{0}': a key of a config is set by key=value: {0}={1}", argument,
                               has_value ? arguments[1] : "VALUE"));
}

// Returns the configs among the arguments. The function takes what is an override, with the configs
// before it.
template <class TakeOverride>
std::vector<ConfigArguments> configs_in(std::span<const std::string> arguments,
                                        TakeOverride&& take_override) {
  std::vector<ConfigArguments> configs;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (is_override(arguments[i])) {
      take_override(configs, arguments[i]);
    } else {
      refuse_part_of_override(arguments.subspan(i));
      configs.push_back({arguments[i], {}});
    }
  }
  return configs;
}

}  // namespace

bool is_override(std::string_view argument) {
  if (argument.starts_with('+') || (argument.starts_with('~') && !argument.starts_with("~/")))
    return true;
  return argument.substr(0, argument.find('/')).find('=') != std::string_view::npos;
}

std::vector<std::string> with_launcher_keys(std::span<const std::string> arguments) {
  constexpr std::string_view dashes = "--", option = "--launcher=", key = "--launcher.";
  std::vector<std::string> result;
  bool are_words = false;  // behind "--"
  for (const std::string& argument : arguments) {
    are_words = are_words || argument == dashes;
    result.push_back(!are_words && argument.starts_with(key)
                         ? std::string(option) + argument.substr(dashes.size())
                         : argument);
  }
  return result;
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
  const auto meant = std::ranges::find(names, base::suggest(name, names));
  if (meant == names.end()) return {};
  return fmt::format("{}={}", keys[static_cast<std::size_t>(meant - names.begin())], value);
}

std::string several_runs_for(std::string_view option, std::span<const std::string> arguments) {
  if (option != "-m" && option != "--multirun") return {};
  std::string command = "assay batch";
  for (const std::string& argument : arguments)
    if (argument != option && argument != "run" && argument != "batch")
      command += " " + base::shell_quoted(argument);
  return fmt::format("for several runs: {}", command);
}

void check_begins_with_config(std::span<const std::string> arguments) {
  std::error_code error;
  if (std::filesystem::exists(arguments.front(), error)) return;
  if (is_override(arguments.front())) no_config(arguments.front());
  refuse_part_of_override(arguments);
}

std::vector<ConfigArguments> configs_alike(std::span<const std::string> arguments) {
  std::vector<std::string> overrides;
  std::vector<ConfigArguments> configs = configs_in(
      arguments,
      [&](auto& /*before*/, const std::string& override) { overrides.push_back(override); });
  if (configs.empty()) no_config(overrides.empty() ? "" : overrides.front());
  for (ConfigArguments& config : configs) config.overrides = overrides;
  return configs;
}

std::vector<ConfigArguments> configs_apart(std::span<const std::string> arguments) {
  std::vector<ConfigArguments> configs =
      configs_in(arguments, [](auto& before, const std::string& override) {
        if (before.empty()) no_config(override);
        before.back().overrides.push_back(override);
      });
  if (configs.empty()) no_config("");
  return configs;
}

}  // namespace assay::command_line
