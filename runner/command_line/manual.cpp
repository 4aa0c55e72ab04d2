// `assay manual`, for the build: prints the manual page assay(1) in roff. Commands and options come
// from their declarations; only text that no `--help` contains is written here.

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "runner/command_line/commands.h"
#include "runner/command_line/exit_code.h"
#include "runner/version.h"

namespace assay::command_line {
namespace {

constexpr std::string_view description = R"(.SH DESCRIPTION
Assay loads the model, optimizer, loggers and other components that a YAML config names from shared
libraries, trains, runs hooks at the steps asked for, writes TensorBoard logs and pictures, and leaves
a folder that says exactly what was run. Options may stand behind the command.
)";

constexpr std::string_view rest = R"(.SH ENVIRONMENT
.TP
.B ASSAY_PLUGIN_PATH
Folders with plugins, separated by colons, searched after those of
.B \-\-plugin\-path
and before Assay's own.
.SH FILES
.TP
.I PREFIX/lib/assay/plugins
Assay's own plugins, and a place for others.
.TP
.I PREFIX/lib/pkgconfig/assay.pc
What a plugin builds with.
.TP
.I plan.yaml
In the folder of a run: what was run, with every default. Running it repeats the run.
.SH EXIT STATUS
.TP
.B 0
Done.
.TP
.B 1
The run failed, or its weights could not be saved; or the output of a command could not be written.
.TP
.B 2
The config or the command line is wrong.
.TP
.B 3
Trained to the end, but something failed on the way: a logger, a hook, a file, standard output.
.TP
.B 129, 130, 143
Stopped by a signal (HUP, INT, TERM), after everything was written.
)";

// Escapes text so that roff prints it unchanged.
std::string roff(std::string_view text) {
  std::string out;
  bool line_begins = true;
  for (const char c : text) {
    if (line_begins && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\') out += "\\e";
    else if (c == '-') out += "\\-";
    else out += c;
    line_begins = c == '\n';
  }
  return out;
}

std::string sentence(std::string text) {
  if (!text.ends_with('.')) text += '.';
  return roff(text);
}

// Returns the arguments of a command: "CONFIG [SETTING ...]".
std::string arguments(const CLI::App& command) {
  std::string text;
  for (const CLI::Option* option : command.get_options()) {
    if (!option->get_positional()) continue;
    std::string word = option->get_name(true);
    if (option->get_items_expected_max() > 1) word += " ...";
    text += option->get_required() ? " " + word : " [" + word + "]";
  }
  return text;
}

// Returns the names of an option: "-v, --verbose".
std::string names_of(const CLI::Option& option) {
  if (!option.nonpositional()) return option.get_name(true);
  std::vector<std::string> names;
  for (const std::string& name : option.get_snames()) names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) names.push_back("--" + name);
  return fmt::format("{}", fmt::join(names, ", "));
}

void print_options(const CLI::App& command) {
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_group().empty() || option->check_lname("help")) continue;
    const bool takes_value = option->nonpositional() && option->get_items_expected_max() > 0;
    fmt::print(std::cout, ".TP\n.B {}{}\n{}\n", roff(names_of(*option)),
               takes_value ? " " + roff(option->get_type_name()) : "",
               sentence(option->get_description()));
  }
}

void print_commands(const CLI::App& app, const std::string& path) {
  for (const CLI::App* command : app.get_subcommands({})) {
    if (command->get_group().empty()) continue;
    const std::string name = path + " " + command->get_name();
    if (!command->get_subcommands({}).empty()) {
      print_commands(*command, name);
      continue;
    }
    fmt::print(std::cout, ".SS {}{}\n{}\n", roff(name), roff(arguments(*command)),
               sentence(command->get_description()));
    print_options(*command);
    if (!command->get_footer().empty())
      fmt::print(std::cout, ".PP\n.nf\n{}\n.fi\n", roff(command->get_footer()));
  }
}

int print_manual(const CLI::App& app) {
  fmt::print(std::cout,
             ".TH ASSAY 1 \"\" \"Assay {}\" \"User Commands\"\n"
             ".SH NAME\nassay \\- run machine\\-learning experiments from YAML\n"
             ".SH SYNOPSIS\n.B assay\n.I COMMAND\n[\\fIOPTION\\fR | \\fIARGUMENT\\fR] ...\n",
             ASSAY_VERSION);
  fmt::print(std::cout, "{}.SH COMMANDS\n", description);
  print_commands(app, app.get_name());
  fmt::print(std::cout, ".SH OPTIONS\n");
  print_options(app);
  fmt::print(std::cout, "{}.SH EXAMPLES\n.nf\n{}\n.fi\n", rest, roff(app.get_footer()));
  return done;
}

}  // namespace

void declare_manual(CLI::App& app, const Common&, Chosen& chosen) {
  CLI::App* command = app.add_subcommand("manual", "Print the manual page");
  command->group("");  // not in the help
  command->callback([&] { chosen = [&] { return print_manual(app); }; });
}

}  // namespace assay::command_line
