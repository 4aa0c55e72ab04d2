// Configs and overrides in one list of arguments.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace assay::command_line {

/// `key=value`, `+key=value` or `~key`: there is a `=` before any `/`, or it starts with `+` or
/// `~`, but not with `~/`. Everything else names a file; one whose name has a `=` in it is written
/// ./NAME.
bool is_override(std::string_view argument);

struct ConfigArguments {
  std::string config;
  std::vector<std::string> overrides;
};

/// The configs, each with all the overrides, wherever they stand. Throws UsageError where there is
/// no config.
std::vector<ConfigArguments> configs_alike(std::span<const std::string> arguments);

/// The configs, each with the overrides that follow it up to the next one. Throws UsageError where
/// an override comes first, or there is no config.
std::vector<ConfigArguments> configs_apart(std::span<const std::string> arguments);

/// The override that was meant by an option that no command has, as other programs have them:
/// `--seed` before `3`, or `--seed=3`, is seed=3, and `-lr` is optimizer.learning_rate. Empty when
/// that is a key of no config.
std::string override_for(std::string_view option, std::string_view next_argument);

/// Tells how to do several runs to whoever asked for them with Hydra's option `-m` or `--multirun`;
/// an empty text for any other option. The loop is that of the first of the arguments that has
/// several values.
std::string several_runs_for(std::string_view option, std::span<const std::string> arguments);

}  // namespace assay::command_line
