// Launcher `plugin_name`: starts workers in sessions of their own on this machine. They go on when
// `assay batch` ends.
//
//   before   a command to put in front of a worker's, such as nice -n 10 (default none)
//
//   assay batch plugin_name.yaml seed=1,2 -j 2 --launcher '{type: plugin_name, before: nice -n 10}'
#include <signal.h>
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>

#include "assay/error.h"
#include "assay/launcher.h"
#include "assay/plugin.h"

namespace {

class PluginName final : public assay::Launcher {
 public:
  static constexpr assay::About about = {.name = "plugin_name",
                                         .doc = "Workers that go on when assay batch ends."};
  struct Options {
    std::string_view before = "";
  };
  static constexpr auto table =
      assay::options(assay::option("before", &Options::before, "a command in front of a worker's"));

  explicit PluginName(const Options& options) : before_(options.before) {}

  assay::LaunchPlace place() const override {
    return {.outlasts_this_process = true, .look_every = 0.1};
  }

  // The id of a worker is the number of its process: the shell prints it, and becomes the worker.
  void launch(const assay::Work& work, assay::WorkerIds& started) override {
    std::string command = "cd " + quoted(work.folder) + " && exec env";
    for (const std::string_view entry : work.environment) command += ' ' + quoted(entry);
    command += ' ' + before_;
    for (const std::string_view argument : work.arguments) command += ' ' + quoted(argument);
    const std::string log = std::string(work.logs) + '/' + std::string(work.name) + ".txt";
    for (std::int64_t i = 0; i < work.count; ++i) {
      const std::string id = output_of("setsid sh -c " + quoted(command) + " </dev/null >>" +
                                       quoted(log) + " 2>&1 & echo $!");
      if (id.empty()) throw assay::Error("the shell did not say which process it started");
      started.add(id);
    }
  }

  void look(std::span<const std::string_view> ids, assay::WorkerStates& states) override {
    for (std::size_t i = 0; i < ids.size(); ++i)
      states.set(i, is_alive(ids[i]) ? assay::WorkerState::running : assay::WorkerState::ended, {});
  }

  void stop(std::span<const std::string_view> ids, int signal) override {
    for (const std::string_view id : ids)
      if (is_alive(id)) output_of("kill -" + std::to_string(signal) + ' ' + target(id, signal));
  }

 private:
  static bool is_alive(std::string_view id) {
    if (id.empty() || id.find_first_not_of("0123456789") != std::string_view::npos) return false;
    const std::string state = output_of("ps -o stat= -p " + std::string(id));
    return !state.empty() && state[0] != 'Z';
  }

  // SIGKILL is for all processes of the session's group, other signals for the worker alone.
  static std::string target(std::string_view id, int signal) {
    std::string target(signal == SIGKILL ? "-" : "");
    return target.append(id);
  }

  // Returns the first line that a shell command prints.
  static std::string output_of(const std::string& command) {
    std::FILE* pipe = popen(command.c_str(), "re");
    if (pipe == nullptr) throw assay::Error("cannot start a shell for: " + command);
    std::string line;
    for (int c = 0; (c = std::fgetc(pipe)) != EOF && c != '\n';) line += static_cast<char>(c);
    pclose(pipe);
    return line;
  }

  static std::string quoted(std::string_view text) {
    std::string result = "'";
    for (const char c : text) result += c == '\'' ? "'\\''" : std::string(1, c);
    return result + '\'';
  }

  std::string before_;
};

}  // namespace

ASSAY_PLUGIN("plugin_name", "0.1.0", "MIT", PluginName)
