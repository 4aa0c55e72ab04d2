// Parses the arguments and hands over to a command.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <functional>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "runner/command_line/commands.h"
#include "runner/command_line/exit_code.h"
#include "runner/command_line/usage_error.h"
#include "runner/config/suggest.h"

namespace {

using namespace assay;
using namespace assay::command_line;

struct Arguments {
  Common common;
  std::string config, folder = "runs", kind;
  std::vector<std::string> overrides, what, rest, component;
  bool describe = false, why = false;
};

std::optional<InstructionSet> instruction_set(const std::string& name) {
  for (std::size_t i = 0; i < instruction_set_names.size(); ++i)
    if (instruction_set_names[i] == name) return static_cast<InstructionSet>(i);
  return std::nullopt;
}

// Sets `command` to what the chosen subcommand does.
void declare(CLI::App& app, Arguments& a, std::function<int()>& command) {
  app.require_subcommand(1);
  app.fallthrough();
  app.add_option("--plugin-path", a.common.plugin_path, "Look for plugins in this folder first")
      ->type_name("DIR");
  app.add_option_function<std::string>(
         "--kernels",
         [&a](const std::string& name) { a.common.instructions = instruction_set(name); },
         "Vector instructions to use: generic, avx2 or avx512")
      ->check(CLI::IsMember({"generic", "avx2", "avx512"}));
  // After the options that it tells about.
  app.set_version_flag("--version", [&a] { return version_text(a.common); });
  app.footer(
      "Examples:\n"
      "  assay run configs/digits.yaml\n"
      "  assay run configs/digits.yaml seed=1 optimizer.learning_rate=0.1\n"
      "  assay view runs\n"
      "  assay plugins describe sgd");

  CLI::App* run_command = app.add_subcommand("run", "Run the experiment of a config");
  run_command->add_option("CONFIG", a.config, "The YAML file")->required();
  run_command->add_option("key=value", a.overrides,
                          "Set keys of the config: seed=1 hooks.loss.every=5");
  run_command->add_flag("--describe", a.describe, "At the end, print the model with its weights");
  run_command->footer(
      "Example:\n  assay run configs/digits.yaml train.epochs=100 'model.hidden=[50, 50]'");
  run_command->callback(
      [&] { command = [&] { return run(a.common, a.config, a.overrides, a.describe); }; });

  CLI::App* describe_command = app.add_subcommand(
      "describe", "Print the models of runs, layer by layer, with their weights");
  describe_command->add_option("RUN_DIR", a.what, "Run folders, checkpoints or configs")
      ->required();
  describe_command->footer("Example:\n  assay describe runs/test/*");
  describe_command->callback([&] { command = [&] { return describe(a.common, a.what); }; });

  CLI::App* view_command = app.add_subcommand("view", "Start TensorBoard on a folder of runs");
  view_command->add_option("DIR", a.folder, "The folder")->capture_default_str();
  view_command->add_option("options", a.rest, "Passed on to TensorBoard, after --");
  view_command->footer("Example:\n  assay view runs -- --port 6007");
  view_command->callback([&] { command = [&] { return view(a.folder, a.rest); }; });

  CLI::App* plugins = app.add_subcommand("plugins", "What plugins there are");
  plugins->require_subcommand(1);
  CLI::App* list = plugins->add_subcommand("list", "List all components with their libraries");
  list->add_option("KIND", a.kind, "Only this kind: dataset, model, loss, optimizer, ...");
  list->add_flag("--why", a.why,
                 "Also say where was looked, and what was refused for which reason");
  list->footer("Example:\n  assay plugins list optimizer");
  list->callback([&] { command = [&] { return list_plugins(a.common, a.kind, a.why); }; });
  CLI::App* describe_one = plugins->add_subcommand("describe", "Print the options of a component");
  describe_one->add_option("NAME", a.component, "For instance sgd, or optimizer sgd")
      ->expected(1, 2)
      ->required();
  describe_one->footer("Example:\n  assay plugins describe sgd");
  describe_one->callback([&] {
    command = [&] {
      return describe_plugin(a.common, fmt::format("{}", fmt::join(a.component, " ")));
    };
  });
}

// CLI11's words for a wrong command line hardly say what is wrong.
std::string message(const CLI::App& app, const CLI::ParseError& error) {
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
  for (const CLI::App* command : at->get_subcommands({})) commands.push_back(command->get_name());
  const std::string listing = fmt::format("({})", fmt::join(commands, ", "));

  const std::vector<std::string> unknown = app.remaining(true);
  const bool missing = dynamic_cast<const CLI::RequiredError*>(&error) != nullptr;
  if (unknown.empty() && !commands.empty() && missing)
    return fmt::format("{}a command is missing  {}", where, listing);
  if (unknown.empty()) return where + error.what() + help;
  const std::string& word = unknown.front();
  if (word.starts_with('-')) return fmt::format("{}there is no option '{}'{}", where, word, help);
  if (commands.empty())
    return fmt::format("{}there is an argument too many: '{}'{}", where, word, help);
  const std::string guess = config::suggest(word, commands);
  return fmt::format("{}there is no command '{}'; {}{}", where, word,
                     guess.empty() ? "" : fmt::format("did you mean '{}'?  ", guess), listing);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Assay runs experiments from YAML configs.", "assay");
  Arguments arguments;
  std::function<int()> command;
  declare(app, arguments, command);
  try {
    app.parse(argc, argv);
    return command();
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    std::cerr << "assay: error: " << message(app, error) << std::endl;
    return usage_error;
  } catch (const std::exception& error) {
    std::cerr << "assay: error: " << error.what() << std::endl;
    return exit_code_of(error);
  }
}
