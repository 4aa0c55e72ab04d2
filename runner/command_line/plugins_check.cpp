// `assay plugins check`: tests plugins, each in a separate process, which may crash, hang or exit
// (examination.h). The same command with --child is that process.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runner/base/child_process.h"
#include "runner/base/words.h"
#include "runner/command_line/commands.h"
#include "runner/command_line/examination.h"
#include "runner/command_line/exit_code.h"
#include "runner/command_line/report.h"
#include "runner/conformance/configured.h"
#include "runner/conformance/trial.h"
#include "runner/conformance/trial_report.h"
#include "runner/plugin_host/search_path.h"

namespace assay::command_line {
namespace {

namespace fs = std::filesystem;
using conformance::Verdict;

struct Arguments {
  std::vector<std::string> files;
  Trial trial;
  std::optional<std::size_t> child;  // the first step to run
  std::vector<std::string> unmade;   // for the child: components that ended another when made
};

// Returns a validator for numbers above `low` and up to `high`, with a clearer message than
// CLI11's.
CLI::Validator within(double low, double high, const char* expected) {
  return {[=](const std::string& word) {
            double value = 0;
            const char* end = word.data() + word.size();
            const auto [stop, error] = std::from_chars(word.data(), end, value);
            if (error == std::errc() && stop == end && value > low && value <= high)
              return std::string();
            return fmt::format("expected {}, found '{}'", expected, base::one_line(word));
          },
          {}};
}

Verdict run_step(const conformance::ReportWriter& report, std::size_t number,
                 const conformance::Step& step) {
  report.write(conformance::Begun{number, step.subject, step.check.name});
  const conformance::StepOutcome outcome = conformance::attempt(step.check);
  report.write(outcome);
  return outcome.verdict;
}

// Makes a host in the child. It does not report crashes, because the parent process does that.
plugin_host::PluginHost host_with(const Common& common, const fs::path& file) {
  std::vector<fs::path> places = {file};
  for (const fs::path& folder : plugin_host::plugin_folders(common.plugin_path))
    places.push_back(folder);
  return {std::move(places), kernels_to_use(common)};
}

int be_child(const Common& common, const Arguments& a) {
  const conformance::ReportWriter report(base::report_descriptor);
  base::restrict_this_process(static_cast<std::size_t>(a.trial.memory) << 20);
  const fs::path file = a.files.front();
  plugin_host::PluginHost host = host_with(common, file);
  const conformance::Step opening = conformance::opening(file, host);
  const std::size_t first = *a.child;
  if (first > 0) opening.check.run();
  else if (run_step(report, 0, opening) == Verdict::failed) return done;
  try {
    const auto steps = conformance::steps(file, host, a.trial.settings,
                                          plugin_host::program_places().private_libraries);
    for (std::size_t i = 0; i < steps.size(); ++i)
      if (i + 1 >= first)
        run_step(report, i + 1,
                 std::ranges::count(a.unmade, steps[i].subject) > 0 ? skipped(steps[i]) : steps[i]);
    report.write(conformance::Begun{steps.size() + 1, "library", conformance::last_step});
  } catch (const conformance::WrongSettings& wrong) {
    report.write(wrong.problems());
  }
  return done;
}

int check(const Common& common, const Arguments& a) {
  if (a.child) return be_child(common, a);
  make_plugin_host(common);  // reports wrong options now
  bool fine = true;
  try {
    for (const std::string& file : a.files) fine &= examine(common, a.trial, file);
  } catch (const conformance::WrongSettings& wrong) {
    report(common, wrong.problems());
    return usage_error;
  }
  return fine ? done : run_failed;
}

}  // namespace

void declare_plugins_check(CLI::App& plugins, const Common& common, Chosen& chosen) {
  const auto a = std::make_shared<Arguments>();
  CLI::App* command = plugins.add_subcommand(
      "check",
      "Test plugins: whether they load, take their options, and keep their kind's promises");
  command->add_option("FILE", a->files, "Plugin libraries, each tested in a process of its own")
      ->required();
  command
      ->add_option("--set", a->trial.settings,
                   "An option of all components that have it: file=data.csv; of one: "
                   "dataset.csv.file=data.csv")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  command->add_option("--timeout", a->trial.timeout, "Seconds that a check may take (20)")
      ->type_name("SECONDS")
      ->check(within(0, 86400, "seconds: more than 0, 86400 (a day) at most"));
  command->add_option("--memory", a->trial.memory, "MiB that a plugin may use (4096)")
      ->type_name("MIB")
      ->check(within(63, 1 << 24, "MiB: 64 to 16777216"));
  command->add_flag("-v,--verbose", a->trial.verbose,
                    "Also list what passed, with times and memory");
  command->add_option("--child", a->child)->group("");
  command->add_option("--unmade", a->unmade)->allow_extra_args(false)->group("");
  command->footer(
      "Exit code: 0 nothing failed, 1 something did, 2 the command line is wrong.\n"
      "Example:\n  assay plugins check build/momentum.so");
  command->callback([&, a] { chosen = [&, a] { return check(common, *a); }; });
}

}  // namespace assay::command_line
