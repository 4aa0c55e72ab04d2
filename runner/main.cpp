// Parses the arguments and calls a command.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <vector>

#include "runner/base/standard_descriptors.h"
#include "runner/command_line/arguments.h"
#include "runner/command_line/commands.h"
#include "runner/command_line/exit_code.h"
#include "runner/command_line/last_words.h"
#include "runner/command_line/report.h"
#include "runner/command_line/standard_output.h"
#include "runner/command_line/usage_error.h"
#include "runner/config/mistakes/suggest.h"

namespace {

using namespace assay;
using namespace assay::command_line;

CLI::Validator one_of(const std::vector<std::string>& words) {
  return {[words](const std::string& word) {
            if (std::ranges::count(words, word) > 0) return std::string();
            return fmt::format("expected {}, found '{}'", fmt::join(words, " or "), word);
          },
          fmt::format("{{{}}}", fmt::join(words, ","))};
}

void declare(CLI::App& app, Common& common, Chosen& chosen) {
  app.require_subcommand(1);
  app.fallthrough();
  app.add_option("--plugin-path", common.plugin_path, "Look for plugins in this folder first")
      ->type_name("DIR")
      ->allow_extra_args(false);
  app.add_option_function<std::string>(
         "--kernels",
         [&](const std::string& name) { common.instructions = instruction_set_named(name); },
         "Vector instructions to use: generic, avx2 or avx512")
      ->check(one_of({instruction_set_names.begin(), instruction_set_names.end()}));
  app.add_option_function<std::string>(
         "--format", [&](const std::string& name) { common.json = name == "json"; },
         "How problems are told on standard error: text, or json for editors, one object per line")
      ->check(one_of({"text", "json"}))
      ->type_name("FORMAT")
      ->trigger_on_parse();  // so that problems of the command line use it too
  // Set it after the options that it depends on.
  app.set_version_flag("--version", [&] { return version_text(common); });
  app.footer(
      "Examples:\n"
      "  assay run configs/digits.yaml\n"
      "  assay run configs/digits.yaml seed=1 optimizer.learning_rate=0.02\n"
      "  assay check configs/*.yaml\n"
      "  assay view runs\n"
      "  assay plugins describe sgd");

  declare_run(app, common, chosen);
  declare_check(app, common, chosen);
  declare_show(app, common, chosen);
  declare_describe(app, common, chosen);
  declare_view(app, common, chosen);
  declare_complete(app, common, chosen);
  declare_manual(app, common, chosen);

  CLI::App& plugins = *app.add_subcommand("plugins", "List, describe, check and make plugins");
  plugins.require_subcommand(1);
  plugins.footer("Example:\n  assay plugins list optimizer");
  declare_plugins_list(plugins, common, chosen);
  declare_plugins_check(plugins, common, chosen);
  declare_plugins_describe(plugins, common, chosen);
  declare_plugins_new(plugins, common, chosen);
  declare_plugins_schema(plugins, common, chosen);
  declare_plugins_reference(plugins, common, chosen);
}

// Returns "; did you mean '--plugin-path'?". `arguments` are all arguments of the program.
std::string meant_by(const std::string& option, const CLI::App& command,
                     std::span<const std::string> arguments) {
  std::vector<std::string> names;
  for (const CLI::App* app = &command; app != nullptr; app = app->get_parent())
    for (const CLI::Option* known : app->get_options())
      for (const std::string& name : known->get_lnames()) names.push_back("--" + name);
  if (command.get_option_no_throw("CONFIG") != nullptr)
    if (std::string runs = several_runs_for(option, arguments); !runs.empty()) return "; " + runs;
  const std::string guess = config::suggest(option.substr(0, option.find('=')), names);
  if (!guess.empty()) return fmt::format("; did you mean '{}'?", guess);
  if (command.get_option_no_throw("CONFIG") == nullptr) return {};
  const auto here = std::ranges::find(arguments, option);
  const bool last = here == arguments.end() || here + 1 == arguments.end();
  const std::string meant = override_for(option, last ? "" : here[1]);
  return meant.empty() ? "" : fmt::format("; a key of the config is set without dashes: {}", meant);
}

// Returns a message about a wrong command line, since CLI11's own hardly says what is wrong.
std::string message(const CLI::App& app, const CLI::ParseError& error,
                    std::span<const std::string> arguments) {
  const CLI::App* at = &app;  // the command that the arguments reached
  std::string where;
  while (!at->get_subcommands().empty()) {
    at = at->get_subcommands().front();
    where += (where.empty() ? "" : " ") + at->get_name();
  }
  const std::string help =
      fmt::format("  (`{} --help` shows all)", where.empty() ? "assay" : "assay " + where);
  if (!where.empty()) where += ": ";
  std::vector<std::string> commands;
  for (const CLI::App* command : at->get_subcommands({}))
    if (!command->get_group().empty()) commands.push_back(command->get_name());
  const std::string listing = fmt::format("({})", fmt::join(commands, ", "));

  const std::vector<std::string> unknown = app.remaining(true);
  const bool missing = dynamic_cast<const CLI::RequiredError*>(&error) != nullptr;
  if (unknown.empty() && !commands.empty() && missing)
    return fmt::format("{}a command is missing  {}", where, listing);
  const auto too_many = [&](const std::string& argument) {
    return fmt::format("{}there is an argument too many: '{}'{}", where, argument, help);
  };
  const std::string said = error.what();
  if (unknown.empty() && dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    const std::string name = said.substr(0, said.find(':'));
    const CLI::Option* option = at->get_option_no_throw(name);
    if (option == nullptr || !option->get_positional())
      return fmt::format("{}{} needs a value{}", where, name, help);
    const auto most = static_cast<std::size_t>(option->get_items_expected_max());
    return too_many(option->results().at(most));
  }
  if (unknown.empty()) return where + said + help;
  const std::string& word = unknown.front();
  if (word.starts_with('-'))
    return fmt::format("{}there is no option '{}'{}{}", where, word, meant_by(word, *at, arguments),
                       help);
  if (commands.empty()) return too_many(word);
  std::string guess = config::suggest(word, commands);
  if (word.ends_with(".yaml") || word.ends_with(".yml")) guess = "run " + word;
  return fmt::format("{}there is no command '{}'{}  {}", where, word,
                     guess.empty() ? "" : fmt::format("; did you mean '{}'?", guess), listing);
}

// Returns a message about a removed working folder, since the library's own hardly says what is
// wrong.
std::string message(const std::filesystem::filesystem_error& error) {
  std::error_code gone;
  static_cast<void>(std::filesystem::current_path(gone));
  if (!gone) return error.what();
  return fmt::format("the working folder cannot be found ({}); change to one that exists",
                     gone.message());
}

// Runs the program and returns the exit code.
int parse_and_run(int argc, char** argv, Common& common) {
  CLI::App app("Assay runs experiments from YAML configs.", "assay");
  Chosen chosen;
  declare(app, common, chosen);
  try {
    app.parse(argc, argv);
    return chosen();
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    report(common, message(app, error, std::vector<std::string>(argv + 1, argv + argc)));
    return usage_error;
  } catch (const std::filesystem::filesystem_error& error) {
    report(common, message(error));
    return run_failed;
  } catch (const std::exception& error) {
    report(common, error.what());
    return exit_code_of(error);
  }
}

}  // namespace

int main(int argc, char** argv) {
  base::open_standard_descriptors();
  const MainRuns main_runs;
  StandardOutput output;
  Common common;
  const int code = parse_and_run(argc, argv, common);
  const std::string lost = output.finish();
  if (lost.empty()) return code;
  report(common, lost);
  return std::max(code, run_failed);
}
