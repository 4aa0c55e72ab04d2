// `assay verify`: checks the files of run folders, or proves that runs of configs can be resumed.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "assay/number_text.h"
#include "runner/base/utf8.h"
#include "runner/base/wording.h"
#include "runner/base/words.h"
#include "runner/command_line/arguments.h"
#include "runner/command_line/commands.h"
#include "runner/command_line/exit_code.h"
#include "runner/command_line/load_plan.h"
#include "runner/command_line/report.h"
#include "runner/command_line/signals.h"
#include "runner/command_line/usage_error.h"
#include "runner/command_line/wrong_command_line.h"
#include "runner/config/argument.h"
#include "runner/verify/resumption.h"
#include "runner/verify/run_files.h"

namespace assay::command_line {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

std::string dumped(const ordered_json& json) {
  return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

// Returns a sentence that says what can be done with the run.
std::string outlook(const std::string& folder, const verify::Findings& found) {
  const std::string newest =
      found.newest ? fmt::format("newest whole checkpoint: step {}", grouped(*found.newest))
                   : "no whole checkpoint";
  if (found.is_running) return newest + "; the run is running";
  if (found.is_finished) return newest + "; the run is finished";
  if (!found.can_go_on) return newest;
  return fmt::format("{}; `assay resume {}` continues from there", newest,
                     base::shell_quoted(folder));
}

std::string text_of(const std::string& folder, const verify::Findings& found) {
  constexpr std::size_t widest = 48;
  std::size_t width = 0;
  for (const verify::Finding& file : found.files)
    width = std::max(width, std::min(widest, base::width(base::one_line(file.file))));
  std::string text;
  std::size_t broken = 0;
  for (const auto& [file, condition, about, whole_to] : found.files) {
    const std::string name = base::one_line(file);
    text += fmt::format("{}{:{}}  {}{}{}\n", name, "", width - std::min(width, base::width(name)),
                        name_of(condition), about.empty() ? "" : ": ", about);
    using enum verify::Condition;
    if (condition == damaged || condition == missing || condition == unchecked) ++broken;
  }
  return fmt::format("{}{}: {}; {}\n", text, base::shown_path(folder),
                     broken == 0 ? "all is whole"
                                 : fmt::format("{} of {} not whole", grouped(broken),
                                               counted(found.files.size(), "file")),
                     outlook(folder, found));
}

std::string json_of(const std::string& folder, const verify::Findings& found) {
  std::string text;
  for (const auto& [file, condition, about, whole_to] : found.files) {
    ordered_json json = {{"run_dir", folder}, {"file", file}, {"state", name_of(condition)}};
    json["about"] = about;
    json["whole_bytes"] = whole_to ? ordered_json(*whole_to) : ordered_json();
    text += dumped(json);
  }
  return text +
         dumped({{"run_dir", folder},
                 {"whole", found.all_whole()},
                 {"running", found.is_running},
                 {"finished", found.is_finished},
                 {"newest_checkpoint", found.newest ? ordered_json(*found.newest) : ordered_json()},
                 {"can_go_on", found.can_go_on}});
}

void check_is_run_folder(const std::string& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error))
    throw UsageError(fmt::format("{}: expected a run folder; `assay run` makes them", folder));
  for (const char* name : {"run.json", "plan.yaml"})
    if (fs::exists(fs::path(folder) / name, error)) return;
  throw UsageError(
      fmt::format("{}: it has neither run.json nor plan.yaml, so it is not a run folder; `assay "
                  "run` makes them",
                  folder));
}

int verify_folders(const Common& common, const std::vector<std::string>& folders) {
  int code = done;
  for (const std::string& folder : folders) try {
      check_is_run_folder(folder);
      plugin_host::PluginHost host = make_plugin_host(common);  // separate: its kernels may differ
      const verify::Findings found = verify::check_run_files(folder, host);
      std::cout << (common.json ? json_of(folder, found) : text_of(folder, found)) << std::flush;
      if (!found.all_whole()) code = std::max<int>(code, run_failed);
    } catch (const std::exception& error) {
      report(common, error);
      code = std::max(code, exit_code_of(error));
    }
  return code;
}

std::string text_of(const std::string& config, const verify::Proof& proof) {
  const std::string runs = proof.steps == proof.steps_of_plan
                               ? counted(proof.steps, "step")
                               : fmt::format("{} of the plan's {}", counted(proof.steps, "step"),
                                             grouped(proof.steps_of_plan));
  std::string text;
  if (proof.differences.empty()) {
    text = proof.taken_up.empty()
               ? fmt::format("{}: {}, too few to resume the run\n", config, runs)
               : fmt::format("{}: {}, resumed after steps {}: the same to the last bit\n", config,
                             runs, fmt::join(proof.taken_up, ", "));
  } else if (const std::int64_t step = proof.differences.front().taken_up; step == 0) {
    text = fmt::format("{}: {}: two runs from the beginning differ, so none was resumed\n", config,
                       runs);
  } else {
    text = fmt::format("{}: {}, resumed after step {}: the run differs\n", config, runs,
                       grouped(step));
  }
  for (const verify::Difference& each : proof.differences) {
    text += fmt::format("  {}{}: {}\n",
                        each.step > 0 ? fmt::format("step {}: ", grouped(each.step)) : "",
                        each.thing, each.how);
    if (!each.components.empty())
      text += fmt::format("    computed by {}\n", fmt::join(each.components, ", "));
    if (!each.also.empty())
      text += fmt::format("    after this step there differs, too, state of {}\n",
                          fmt::join(each.also, ", "));
  }
  if (std::ranges::none_of(proof.taken_up,
                           [&](std::int64_t step) { return step % proof.steps_per_epoch == 0; }) &&
      proof.differences.empty())
    text += fmt::format(
        "  an epoch has {}, so no run was resumed at the end of one; `--steps {}` includes one\n",
        counted(proof.steps_per_epoch, "step"), proof.steps_per_epoch + 1);
  for (const std::string& sentence : proof.not_compared) text += fmt::format("  {}\n", sentence);
  return text;
}

std::string json_of(const std::string& config, const verify::Proof& proof) {
  ordered_json json = {{"config", config},
                       {"same", proof.differences.empty()},
                       {"steps", proof.steps},
                       {"steps_of_plan", proof.steps_of_plan},
                       {"steps_per_epoch", proof.steps_per_epoch},
                       {"taken_up", proof.taken_up},
                       {"differences", ordered_json::array()},
                       {"not_compared", proof.not_compared}};
  for (const verify::Difference& each : proof.differences)
    json["differences"].push_back({{"taken_up", each.taken_up},
                                   {"step", each.step},
                                   {"thing", each.thing},
                                   {"how", each.how},
                                   {"components", each.components},
                                   {"also", each.also}});
  return dumped(json);
}

int verify_resume(const Common& common, const ConfigArguments& arguments,
                  std::optional<std::int64_t> steps) {
  const std::string config = config_of(arguments.config);
  plugin_host::PluginHost host = make_plugin_host(common);  // separate: its kernels may differ
  bool told = false;
  const verify::Prepare prepare_run = [&](const fs::path& folder,
                                          const std::vector<std::string>& more) {
    config::Diagnostics diagnostics;
    std::vector<std::string> overrides = arguments.overrides;
    overrides.push_back(config::text_argument("run_dir", folder.string()));
    overrides.insert(overrides.end(), more.begin(), more.end());
    auto prepared = prepare(common, config, overrides, host, diagnostics);
    if (!std::exchange(told, true) || !prepared) report(common, diagnostics, config);
    return prepared;
  };
  const auto proof = verify::prove_resume(prepare_run, host, steps, stop_signal());
  if (!proof) return usage_error;
  if (proof->is_stopped) return by_signal + stop_signal().load();
  std::cout << (common.json ? json_of(arguments.config, *proof) : text_of(arguments.config, *proof))
            << std::flush;
  return proof->differences.empty() ? done : run_failed;
}

int verify_resume(const Common& common, const std::vector<std::string>& arguments,
                  std::optional<std::int64_t> steps) {
  int code = done;
  const std::vector<ConfigArguments> configs = configs_alike(arguments);
  catch_signals();
  answer_interrupts_with("stopping after this step");
  for (const ConfigArguments& config : configs) try {
      code = std::max(code, verify_resume(common, config, steps));
      if (stop_signal() != 0) return code;
    } catch (const std::exception& error) {
      report(common, error);
      code = std::max(code, exit_code_of(error));
    }
  return code;
}

}  // namespace

void declare_verify(CLI::App& app, const Common& common, Chosen& chosen) {
  struct Arguments {
    std::vector<std::string> words;  // run folders, or configs with --resume
    bool resume = false;
    std::optional<std::int64_t> steps;
  };
  const auto a = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "verify", "Check the files of runs, or prove that runs of configs can be taken up");
  command->add_option("RUN_DIR", a->words,
                      "Run folders; with --resume configs, and key=value, which sets a key in all "
                      "of them");
  CLI::Option* resume = command->add_flag(
      "--resume", a->resume,
      "Prove for these configs that a run which is taken up is the run that would have been");
  command
      ->add_option_function<std::int64_t>(
          "--steps", [a](const std::int64_t& steps) { a->steps = steps; },
          "How many steps these runs have; two epochs by default, but 10 at least and 100 at most")
      ->type_name("N")
      ->check(at_least_one())
      ->needs(resume);
  command->footer(
      "Shows for each file whether it is whole, and how much of a damaged one is. The exit code is "
      "0 "
      "only "
      "if\nall is whole. With --format json it prints an object per line.\n"
      "Examples:\n  assay verify runs/test/*\n  assay verify --resume configs/digits.yaml");
  command->callback([&, a] {
    chosen = [&, a] {
      if (a->words.empty())
        throw UsageError(fmt::format("verify: {} is required  (`assay verify --help` shows all)",
                                     a->resume ? "CONFIG" : "RUN_DIR"));
      return a->resume ? verify_resume(common, a->words, a->steps)
                       : verify_folders(common, a->words);
    };
  });
}

}  // namespace assay::command_line
