// Parses the arguments and calls a command.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <filesystem>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "runner/base/standard_descriptors.h"
#include "runner/command_line/arguments.h"
#include "runner/command_line/commands.h"
#include "runner/command_line/exit_code.h"
#include "runner/command_line/last_words.h"
#include "runner/command_line/report.h"
#include "runner/command_line/standard_output.h"
#include "runner/command_line/usage_error.h"
#include "runner/command_line/wrapped_output.h"
#include "runner/command_line/wrong_command_line.h"

namespace {

using namespace assay;
using namespace assay::command_line;

void declare(CLI::App& app, Common& common, Chosen& chosen) {
  app.require_subcommand(1);
  app.fallthrough();
  app.get_formatter()->column_width(text_column_of_help(output_columns()));
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
         "The format of problems on standard error: text, or json for editors, one object per "
         "line; `assay eval` prints its values in it, too")
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
  declare_resume(app, common, chosen);
  declare_eval(app, common, chosen);
  declare_predict(app, common, chosen);
  declare_batch(app, common, chosen);
  declare_work(app, common, chosen);
  declare_runs(app, common, chosen);
  declare_check(app, common, chosen);
  declare_show(app, common, chosen);
  declare_describe(app, common, chosen);
  declare_verify(app, common, chosen);
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
  take_no_options_as_values(app);
}

// Returns the exit code.
int parse_and_run(int argc, char** argv, Common& common) {
  CLI::App app("Assay runs experiments from YAML configs.", "assay");
  Chosen chosen;
  declare(app, common, chosen);
  const std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
  try {
    std::vector<std::string> reversed = with_launcher_keys(arguments);
    std::ranges::reverse(reversed);
    app.parse(std::move(reversed));
    static_cast<void>(std::filesystem::current_path());  // throws where it was removed
    return chosen();
  } catch (const CLI::CallForHelp&) {
    std::cout << wrapped_help(app.help(), output_columns());
    return done;
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --version
    report(common, words_for(app, error, arguments));
    return usage_error;
  } catch (const std::exception& error) {
    report(common, error);
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
