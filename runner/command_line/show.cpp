// `assay show`: prints the plan of a config as YAML, the origins of its values, and how two plans
// differ.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runner/base/utf8.h"
#include "runner/command_line/arguments.h"
#include "runner/command_line/commands.h"
#include "runner/command_line/exit_code.h"
#include "runner/command_line/load_plan.h"
#include "runner/command_line/report.h"
#include "runner/command_line/usage_error.h"
#include "runner/plan/canonical.h"
#include "runner/plan/difference.h"
#include "runner/plan/emit.h"

namespace assay::command_line {
namespace {

// The exit codes of diff(1); 2 means an error.
constexpr int plans_equal = 0;
constexpr int plans_differ = 1;

// Prints the problems, and returns nothing if there is one.
std::optional<const plan::Plan> plan_of(const Common& common, const ConfigArguments& arguments) {
  config::Diagnostics diagnostics;
  plugin_host::PluginHost host = make_plugin_host(common);
  auto plan =
      load_plan(common, config_of(arguments.config), arguments.overrides, host, diagnostics);
  if (!plan) report(common, diagnostics, arguments.config);
  return plan;
}

int show(const Common& common, const std::vector<std::string>& arguments, bool origins) {
  const auto configs = configs_alike(arguments);
  if (configs.size() > 1)
    throw UsageError(fmt::format(
        "show: expected one config, found '{}' as well; --diff compares two", configs[1].config));
  const auto plan = plan_of(common, configs.front());
  if (!plan) return usage_error;
  std::cout << (origins ? plan::emit_with_origins(*plan) : plan->yaml) << std::flush;
  return done;
}

std::string title(const ConfigArguments& config) {
  std::string text = config.config;
  for (const std::string& override : config.overrides) text += " " + override;
  return text;
}

std::string text(const std::vector<plan::Difference>& differences) {
  struct Line {
    std::string text, origin;
  };
  std::vector<Line> lines;
  for (const plan::Difference& d : differences) {
    if (d.before)
      lines.push_back({fmt::format("- {}: {}", d.key, d.before->text), d.before->origin});
    if (d.after) lines.push_back({fmt::format("+ {}: {}", d.key, d.after->text), d.after->origin});
  }
  constexpr std::size_t longest = 70;
  std::size_t column = 0;
  for (const Line& line : lines)
    if (const std::size_t width = base::width(line.text); width <= longest)
      column = std::max(column, width);
  std::string result;
  for (const Line& line : lines) {
    const std::size_t width = base::width(line.text);
    result += fmt::format("{}{}  # {}\n", line.text,
                          std::string(column > width ? column - width : 0, ' '), line.origin);
  }
  return result;
}

int compare(const Common& common, const std::vector<std::string>& arguments) {
  const auto configs = configs_apart(arguments);
  if (configs.size() != 2)
    throw UsageError(
        fmt::format("show --diff: expected two configs or run folders, found {}", configs.size()));
  const auto before = plan_of(common, configs[0]);
  const auto after = plan_of(common, configs[1]);
  if (!before || !after) return usage_error;
  const auto differences = plan::differences(*before, *after);
  if (differences.empty()) return plans_equal;
  std::cout << "--- " << title(configs[0]) << "\n+++ " << title(configs[1]) << '\n'
            << text(differences);
  if (plan::digest(*before) == plan::digest(*after))
    std::cout << "The result is the same: both have the digest " << plan::digest(*before) << ".\n";
  std::cout << std::flush;
  return plans_differ;
}

}  // namespace

void declare_show(CLI::App& app, const Common& common, Chosen& chosen) {
  struct Arguments {
    std::vector<std::string> words;
    bool origin = false;
    bool diff = false;
  };
  const auto a = std::make_shared<Arguments>();
  CLI::App* command =
      app.add_subcommand("show", "Print the plan of a config: every value with its default");
  command
      ->add_option(
          "CONFIG", a->words,
          "A config or run folder; and key=value, which sets a key of the config before it")
      ->required();
  CLI::Option* origin = command->add_flag("--origin", a->origin,
                                          "Show after each value which line or argument set it");
  command->add_flag("--diff", a->diff, "Compare two: what differs, and what set it")
      ->excludes(origin);
  command->footer(
      "The output is a config: `assay run` on it gives the same run. --diff exits with 0 if the "
      "plans are the same and with 1 if they differ.\n"
      "Examples:\n"
      "  assay show configs/digits.yaml seed=1 --origin\n"
      "  assay show --diff runs/test/20250101-120000 configs/digits.yaml train.epochs=10");
  command->callback([&, a] {
    chosen = [&, a] {
      return a->diff ? compare(common, a->words) : show(common, a->words, a->origin);
    };
  });
}

}  // namespace assay::command_line
