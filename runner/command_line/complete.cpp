// `assay complete`, for the shells (completions/): prints the completions of the last word of a
// command line.
//
// All of them come from the declared commands, so nothing is listed twice. Each line of output is a
// candidate, a tab, and its description; or ":files EXTENSION ...": files of these types and
// folders, which shells can complete better. After a config its keys are candidates. They end in
// '.' if more keys follow, and in '=' if a value follows; a key to remove ends in neither.

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <memory>
#include <set>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runner/batch/launcher_choice.h"
#include "runner/command_line/arguments.h"
#include "runner/command_line/commands.h"
#include "runner/command_line/complete_key.h"
#include "runner/command_line/exit_code.h"

namespace assay::command_line {
namespace {

// The completions of file arguments, by their names in the help.
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> files = {{
    {"CONFIG", ":files yaml yml"},
    {"RUN_DIR", ":files yaml yml safetensors"},
    {"FILE", ":files so"},
    {"DIR", ":files"},
    {"PATH", ":files csv npy jsonl"},
}};

constexpr std::string_view of_launcher = "--launcher.";

class Completion {
 public:
  Completion(const CLI::App& app, const Common& common, std::span<const std::string> words)
      : command_(&app), common_(common), word_(words.empty() ? "" : words.back()) {
    if (!words.empty())
      for (const std::string& word : words.first(words.size() - 1)) pass(word);
  }

  std::vector<Candidate> candidates() {
    if (value_of_ != nullptr) values(value_of_->get_type_name());
    else if (word_.starts_with(of_launcher) && find_option("--launcher") != nullptr)
      launcher_options();
    else if (word_.starts_with('-')) options();
    else {
      for (const CLI::App* command : command_->get_subcommands({}))
        if (!command->get_group().empty()) add(command->get_name(), command->get_description());
      std::vector<Candidate> keys;
      if (!config_.empty()) keys = complete_key(common_, config_, overrides_, word_);
      // A word that begins like a key is not a file.
      if (const CLI::Option* next = positional();
          next != nullptr && (keys.empty() || word_.empty()))
        values(name_of_argument(*next));
      std::ranges::move(keys, std::back_inserter(found_));
    }
    return std::move(found_);
  }

 private:
  // Processes a word before the one to complete.
  void pass(const std::string& word) {
    if (value_of_ != nullptr) {
      if (value_of_->check_lname("plugin-path")) common_.plugin_path.push_back(word);
      if (value_of_->check_lname("launcher")) launcher_ = word;
      value_of_ = nullptr;
    } else if (word.starts_with('-')) {
      const CLI::Option* option = find_option(word);
      if (option != nullptr && option->get_items_expected_max() > 0) value_of_ = option;
      else if (option != nullptr) flags_.insert(option);
    } else if (const CLI::App* next = find_command(word)) {
      command_ = next;
    } else {
      const CLI::Option* argument = positional();
      const std::string name = argument == nullptr ? "" : name_of_argument(*argument);
      if (name == "CONFIG" || name == "SETTING") pass_config(word);
      else if (name == "RUN_DIR" && command_->get_option_no_throw("SETTING") != nullptr)
        config_ = (std::filesystem::path(word) / "plan.yaml").string();
      ++arguments_;
    }
  }

  // Processes a config, or an argument that changes the config before it.
  void pass_config(const std::string& word) {
    if (is_override(word)) overrides_.push_back(word);
    else config_ = word;
  }

  const CLI::App* find_command(const std::string& name) const {
    const auto commands = command_->get_subcommands(
        [&](const CLI::App* command) { return command->get_name() == name; });
    return commands.empty() ? nullptr : commands.front();
  }

  // Finds an option. It may also come after a subcommand of the command that declares it.
  const CLI::Option* find_option(const std::string& name) const {
    for (const CLI::App* app = command_; app != nullptr; app = app->get_parent())
      for (const CLI::Option* option : app->get_options())
        if (option->nonpositional() && option->check_name(name)) return option;
    return nullptr;
  }

  void options() {
    for (const CLI::App* app = command_; app != nullptr; app = app->get_parent())
      for (const CLI::Option* option : app->get_options())
        for (const std::string& name : option->get_lnames())
          if (!option->get_group().empty() && (app == command_ || name != "help"))
            add("--" + name, option->get_description());
  }

  // Returns the name of an argument. Those of `verify --resume` are configs.
  std::string name_of_argument(const CLI::Option& argument) const {
    const bool proves = command_->get_name() == "verify" &&
                        flags_.contains(command_->get_option_no_throw("--resume"));
    return proves ? "CONFIG" : argument.get_name(true);
  }

  // Adds the options of the launcher that the words before name.
  void launcher_options() {
    plugin_host::PluginHost host = make_plugin_host(common_);
    if (std::ranges::count(host.names(Kind::launcher), launcher_) == 0) return;
    for (const Parameter& option : host.parameters(Kind::launcher, launcher_))
      add(fmt::format("{}{}=", of_launcher, option.name), option.doc);
  }

  const CLI::Option* positional() const {
    int before = 0;
    for (const CLI::Option* option : command_->get_options()) {
      if (!option->get_positional()) continue;
      before += option->get_items_expected_max();
      if (arguments_ < before) return option;
    }
    return nullptr;
  }

  // Adds the values for `name`: an argument ("KIND"), or an option's type ("DIR",
  // "TEXT:{generic,avx2}").
  void values(std::string_view name) {
    const auto file =
        std::ranges::find(files, name, &std::pair<std::string_view, std::string_view>::first);
    if (file != files.end()) found_.emplace_back(file->second, "");
    if (name == "KIND")
      for (const std::string_view kind : kind_names) add(std::string(kind), "");
    // After a KIND the NAME is that of a new component.
    if (name == "NAME" && command_->get_option_no_throw("KIND") == nullptr)
      for (const auto& component : make_plugin_host(common_).components())
        add(component.name, fmt::format("{}: {}", name_of(component.kind), component.doc));
    if (name == "LAUNCHER")
      for (const auto& component : make_plugin_host(common_).components())
        if (component.kind == Kind::launcher) add(component.name, component.doc);
    if (const std::size_t brace = name.find('{'); brace != std::string_view::npos) {
      std::istringstream list(std::string(name.substr(brace + 1, name.find('}') - brace - 1)));
      for (std::string value; std::getline(list, value, ',');) add(value, "");
    }
  }

  void add(const std::string& text, std::string about) {
    if (text.starts_with(word_)) found_.emplace_back(text, std::move(about));
  }

  const CLI::App* command_;
  std::set<const CLI::Option*> flags_;  // of those before the word
  Common common_;
  std::string word_;
  const CLI::Option* value_of_ = nullptr;  // the option whose value comes next
  int arguments_ = 0;                      // of the command, without options
  std::string launcher_ = batch::usual_launcher;
  std::string config_;  // the last config
  std::vector<std::string> overrides_;
  std::vector<Candidate> found_;
};

}  // namespace

void declare_complete(CLI::App& app, const Common& common, Chosen& chosen) {
  const auto words = std::make_shared<std::vector<std::string>>();
  CLI::App* command = app.add_subcommand("complete", "Complete a command line, for shells");
  command->group("");  // not in the help
  command->add_option("WORD", *words, "The words after `assay`, behind --");
  command->callback([&, words] {
    chosen = [&, words] {
      for (const auto& [text, about] : Completion(app, common, *words).candidates())
        fmt::print(std::cout, "{}{}{}\n", text, about.empty() ? "" : "\t", about);
      return done;
    };
  });
}

}  // namespace assay::command_line
