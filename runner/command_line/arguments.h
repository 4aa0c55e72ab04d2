// Separates configs and overrides in one list of arguments.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace assay::command_line {

/// Returns true for `key=value`, `+key=value` or `~key`: there is a `=` before any `/`, or it
/// starts with `+` or `~`, but not with `~/`. Any other argument names a file; a file with a `=` in
/// its name is written ./NAME.
bool is_override(std::string_view argument);

/// Throws UsageError if the first of the arguments is not a file and cannot be meant as a config.
void check_begins_with_config(std::span<const std::string> arguments);

struct ConfigArguments {
  std::string config;
  std::vector<std::string> overrides;
};

/// Returns the configs, each with all the overrides, wherever they stand. Throws UsageError if
/// there is no config.
std::vector<ConfigArguments> configs_alike(std::span<const std::string> arguments);

/// Returns the configs, each with the overrides that follow it up to the next one. Throws
/// UsageError if an override comes first, or if there is no config.
std::vector<ConfigArguments> configs_apart(std::span<const std::string> arguments);

/// Returns the arguments with `--launcher.KEY=VALUE` in the form that the option `--launcher`
/// takes.
std::vector<std::string> with_launcher_keys(std::span<const std::string> arguments);

/// Returns the override that was meant by an unknown option in the style of other programs:
/// `--seed` before `3`, or `--seed=3`, is seed=3, and `-lr` is optimizer.learning_rate. Empty if no
/// config has such a key.
std::string override_for(std::string_view option, std::string_view next_argument);

/// Returns the command for several runs if the option is Hydra's `-m` or `--multirun`; returns an
/// empty text for any other option. The arguments are those of the command line.
std::string several_runs_for(std::string_view option, std::span<const std::string> arguments);

}  // namespace assay::command_line
