// `assay plugins check`: tries plugins, each in a process of its own, which may crash, hang or exit
// as it likes. What can be known without running any of its code is looked at first.
//
// The same command with --child is that process: it runs the steps (conformance/trial.h) from the
// given one on, and reports on a pipe. After a step that ended it the next child goes on behind it.

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "runner/command_line/commands.h"
#include "runner/command_line/exit_code.h"
#include "runner/command_line/usage_error.h"
#include "runner/command_line/words.h"
#include "runner/conformance/child_process.h"
#include "runner/conformance/trial.h"
#include "runner/plugin_host/cpu.h"
#include "runner/plugin_host/permissions.h"
#include "runner/plugin_host/search_path.h"

namespace assay::command_line {
namespace {

namespace fs = std::filesystem;
using conformance::Verdict;
using nlohmann::json;

// Deaths are told one by one, but a plugin that dies of everything need not do so a hundred times.
constexpr int most_deaths = 3;

struct Arguments {
  std::vector<std::string> files;
  std::vector<std::string> settings;
  double timeout = 20;
  std::int64_t memory = 4096;  // MiB
  bool verbose = false;
  std::optional<std::size_t> child;  // the first step to run
};

void report(const json& line) {
  const std::string text = line.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
  for (std::string_view rest = text; !rest.empty();) {
    const ssize_t written = write(conformance::report_descriptor, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

void report_step(std::size_t number, const conformance::Step& step) {
  report({{"step", number}, {"subject", step.subject}, {"name", step.check.name}});
}

Verdict run_step(std::size_t number, const conformance::Step& step) {
  report_step(number, step);
  const conformance::Outcome outcome = conformance::attempt(step.check);
  report({{"verdict", static_cast<int>(outcome.verdict)},
          {"text", outcome.text},
          {"seconds", outcome.seconds},
          {"kilobytes", outcome.kilobytes}});
  return outcome.verdict;
}

plugin_host::PluginHost host_with(const Common& common, const fs::path& file) {
  const InstructionSet instructions = make_plugin_host(common).instructions();
  std::vector<fs::path> places = {file};
  for (const fs::path& folder : plugin_host::plugin_folders(common.plugin_path))
    places.push_back(folder);
  return {std::move(places), instructions};
}

int be_child(const Common& common, const Arguments& a) {
  conformance::restrict_this_process(static_cast<std::size_t>(a.memory) << 20);
  const fs::path file = a.files.front();
  const conformance::Step opening = conformance::opening(file);
  const std::size_t first = *a.child;
  if (first > 0) opening.check.run();
  else if (run_step(0, opening) == Verdict::failed) return done;
  try {
    plugin_host::PluginHost host = host_with(common, file);
    const auto steps =
        conformance::steps(file, host, a.settings, plugin_host::places().private_libraries);
    for (std::size_t i = 0; i < steps.size(); ++i)
      if (i + 1 >= first) run_step(i + 1, steps[i]);
    report_step(steps.size() + 1, {"library", {"ends with the process", {}}});
  } catch (const Error& error) {
    report({{"usage", error.what()}});
  }
  return done;
}

class Examination {
 public:
  Examination(const Common& common, const Arguments& arguments, std::string file)
      : common_(common), arguments_(arguments), file_(std::move(file)) {}

  /// Whether nothing failed.
  bool run() {
    std::error_code error;
    const fs::path path = fs::absolute(file_, error);
    if (look_from_outside(path)) {
      std::optional<std::size_t> next = 0;
      while (next) next = run_child(path, *next);
    }
    fmt::print(
        "{}: {} passed, {} failed, {} not run{}\n", shown_path(path), passed_, failed_, not_run_,
        failed_ == 0 ? fmt::format(" ({:.1f} s, {} MB at most)", seconds_, kilobytes_ / 1024) : "");
    return failed_ == 0;
  }

 private:
  void tell(Verdict verdict, const std::string& subject, const std::string& name,
            const std::string& text, const std::string& cost = {}) {
    int& count = verdict == Verdict::passed   ? passed_
                 : verdict == Verdict::failed ? failed_
                                              : not_run_;
    ++count;
    if (verdict == Verdict::passed && !arguments_.verbose) return;
    const char* word = verdict == Verdict::passed   ? "passed"
                       : verdict == Verdict::failed ? "FAILED"
                                                    : "not run";
    fmt::print("{:<7}  {}: {}{}{}{}\n", word, subject, name, text.empty() ? "" : ": ", text,
               cost.empty() ? "" : "  " + cost);
    std::fflush(stdout);
  }

  // Without running any of its code.
  bool look_from_outside(const fs::path& path) {
    constexpr const char* library = "library";
    plugin_host::Stamp stamp;
    try {
      stamp = plugin_host::read_stamp(path);
      tell(Verdict::passed, library, "is a plugin",
           fmt::format("{} {}", stamp.plugin, stamp.version));
    } catch (const std::exception& error) {
      tell(Verdict::failed, library, "is a plugin", error.what());
      return false;
    }
    const auto lines =
        plugin_host::refusals(stamp, plugin_host::host_stamp(), plugin_host::cpu_instruction_set());
    tell(lines.empty() ? Verdict::passed : Verdict::failed, library, "was built for this assay",
         fmt::format("{}", fmt::join(lines, "; ")));
    const std::string unsafe = plugin_host::unsafe_permissions(path);
    tell(unsafe.empty() ? Verdict::passed : Verdict::failed, library,
         "can be changed by its owner only", unsafe);
    return lines.empty() && unsafe.empty();
  }

  std::vector<std::string> child_arguments(const fs::path& path, std::size_t first) const {
    std::vector<std::string> list;
    for (const std::string& folder : common_.plugin_path)
      list.insert(list.end(), {"--plugin-path", folder});
    if (common_.instructions)
      list.insert(list.end(), {"--kernels", std::string(name_of(*common_.instructions))});
    list.insert(list.end(), {"plugins", "check", path.string(), "--child", std::to_string(first),
                             "--memory", std::to_string(arguments_.memory)});
    for (const std::string& setting : arguments_.settings)
      list.insert(list.end(), {"--set", setting});
    return list;
  }

  // The step to go on with, if it ended on the way.
  std::optional<std::size_t> run_child(const fs::path& path, std::size_t first) {
    const std::chrono::duration<double> patience(arguments_.timeout);
    conformance::ChildProcess child(child_arguments(path, first));
    json step = {{"step", first}, {"subject", "library"}, {"name", "is prepared"}};
    bool under_way = true;
    while (const auto line = child.next_line(patience)) {
      const json said = json::parse(*line);
      if (said.contains("usage"))
        throw UsageError("plugins check: " + said["usage"].get<std::string>());
      under_way = said.contains("step");
      if (under_way) {
        step = said;
      } else {
        account(step, said);
        step["name"] = fmt::format("goes on after '{}'", step["name"].get<std::string>());
      }
    }
    const std::string end = child.end(patience);
    const auto number = step["step"].get<std::size_t>();
    const bool last = step["name"] == "ends with the process";
    if (end.empty() && (last || !under_way)) {
      if (last) tell(Verdict::passed, step["subject"], step["name"], {});
      return std::nullopt;
    }
    std::string text = end.empty() ? "called exit(0)" : end;
    if (const std::string printed = last_line(child.output()); !printed.empty())
      text += fmt::format("; it printed: {}", printed);
    tell(Verdict::failed, step["subject"], step["name"], text);
    const bool hopeless = number == 0 || last || step["name"] == "is prepared";
    if (hopeless) return std::nullopt;
    if (++deaths_ == most_deaths) {
      tell(Verdict::not_run, "library", "all further checks",
           fmt::format("it ended its process {} times", most_deaths));
      return std::nullopt;
    }
    return number + 1;
  }

  void account(const json& step, const json& said) {
    const auto seconds = said["seconds"].get<double>();
    const auto kilobytes = said["kilobytes"].get<std::int64_t>();
    seconds_ += seconds;
    kilobytes_ = std::max(kilobytes_, kilobytes);
    tell(static_cast<Verdict>(said["verdict"].get<int>()), step["subject"], step["name"],
         said["text"],
         arguments_.verbose ? fmt::format("({:.0f} ms, {:.1f} MB)", 1e3 * seconds,
                                          static_cast<double>(kilobytes) / 1024)
                            : "");
  }

  static std::string last_line(const std::string& text) {
    const std::size_t end = text.find_last_not_of(" \n\r\t") + 1;  // npos + 1 is 0
    const std::size_t begin = text.substr(0, end).rfind('\n') + 1;
    return text.substr(begin, end - begin);
  }

  const Common& common_;
  const Arguments& arguments_;
  std::string file_;
  int passed_ = 0, failed_ = 0, not_run_ = 0, deaths_ = 0;
  double seconds_ = 0;
  std::int64_t kilobytes_ = 0;
};

int check(const Common& common, const Arguments& a) {
  if (a.child) return be_child(common, a);
  make_plugin_host(common);  // says now what is wrong with the options
  bool fine = true;
  for (const std::string& file : a.files) fine &= Examination(common, a, file).run();
  return fine ? done : run_failed;
}

}  // namespace

void declare_plugins_check(CLI::App& plugins, const Common& common, Chosen& chosen) {
  const auto a = std::make_shared<Arguments>();
  CLI::App* command = plugins.add_subcommand(
      "check",
      "Try plugins: whether they load, take their options, and keep their kind's promises");
  command->add_option("FILE", a->files, "Plugin libraries, tried in processes of their own")
      ->required();
  command
      ->add_option("--set", a->settings, "An option of the components that are made: file=data.csv")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  command->add_option("--timeout", a->timeout, "Seconds that a check may take (20)")
      ->check(CLI::PositiveNumber);
  command->add_option("--memory", a->memory, "MiB that a plugin may use (4096)")
      ->check(CLI::Range(std::int64_t{64}, std::int64_t{1} << 24));
  command->add_flag("-v,--verbose", a->verbose, "Also list what passed, with times and memory");
  command->add_option("--child", a->child)->group("");
  command->footer(
      "Exit code: 0 nothing failed, 1 something did.\n"
      "Example:\n  assay plugins check build/libmomentum.so");
  command->callback([&, a] { chosen = [&, a] { return check(common, *a); }; });
}

}  // namespace assay::command_line
