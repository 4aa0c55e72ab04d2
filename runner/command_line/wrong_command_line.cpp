#include "runner/command_line/wrong_command_line.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "runner/base/suggest.h"
#include "runner/base/wording.h"
#include "runner/command_line/arguments.h"
#include "runner/config/argument.h"

namespace assay::command_line {
namespace {

// Returns "; did you mean '--plugin-path'?", or another way to write what the option was meant to
// do.
std::string meant_by(const std::string& option, const CLI::App& command,
                     std::span<const std::string> arguments) {
  std::vector<std::string> names;
  for (const CLI::App* app = &command; app != nullptr; app = app->get_parent())
    for (const CLI::Option* known : app->get_options())
      for (const std::string& name : known->get_lnames()) names.push_back("--" + name);
  if (command.get_option_no_throw("CONFIG") != nullptr)
    if (std::string runs = several_runs_for(option, arguments); !runs.empty()) return "; " + runs;
  const std::string guess = base::suggest(option.substr(0, option.find('=')), names);
  if (!guess.empty()) return fmt::format("; did you mean '{}'?", guess);
  if (command.get_option_no_throw("CONFIG") == nullptr) return {};
  const auto here = std::ranges::find(arguments, option);
  const bool last = here == arguments.end() || here + 1 == arguments.end();
  const std::string meant = override_for(option, last ? "" : here[1]);
  return meant.empty() ? "" : fmt::format("; a key of the config is set without dashes: {}", meant);
}

// Returns true if the command, or one that it belongs to, has an option of this name.
bool is_option(const CLI::App& command, const std::string& word) {
  for (const CLI::App* app = &command; app != nullptr; app = app->get_parent())
    for (const CLI::Option* option : app->get_options())
      if (option->nonpositional() && option->check_name(word)) return true;
  return false;
}

}  // namespace

void take_no_options_as_values(CLI::App& app) {
  for (CLI::Option* option : app.get_options())
    if (option->nonpositional() && option->get_items_expected_max() > 0)
      option->check(CLI::Validator(
          [&app](const std::string& word) {
            if (!word.starts_with('-') || !is_option(app, word)) return std::string();
            return fmt::format("expected a value, found the option '{}'", word);
          },
          ""));
  for (CLI::App* command : app.get_subcommands({})) take_no_options_as_values(*command);
}

CLI::Validator one_of(const std::vector<std::string>& words) {
  return {[words](const std::string& word) {
            if (std::ranges::count(words, word) > 0) return std::string();
            return fmt::format("expected {}, found '{}'", fmt::join(words, " or "), word);
          },
          fmt::format("{{{}}}", fmt::join(words, ","))};
}

CLI::Validator at_least_one() {
  return {[](const std::string& word) {
            std::int64_t number = 0;
            const char* end = word.data() + word.size();
            const auto [stop, error] = std::from_chars(word.data(), end, number);
            return error == std::errc() && stop == end && number >= 1
                       ? std::string()
                       : fmt::format("expected a whole number of at least 1, found {}",
                                     base::quoted(word));
          },
          ""};
}

std::string words_for(const CLI::App& app, const CLI::ParseError& error,
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
    return fmt::format("{}there is one argument too many: '{}'{}", where, argument, help);
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
  std::string guess = base::suggest(word, commands);
  if (config::is_name_of_config(word)) guess = "run " + word;
  return fmt::format("{}there is no command '{}'{}  {}", where, word,
                     guess.empty() ? "" : fmt::format("; did you mean '{}'?", guess), listing);
}

}  // namespace assay::command_line
