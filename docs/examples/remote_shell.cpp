// Launcher `remote_shell`: workers are started through a shell, here or on another machine that has
// the folder of the batch under the same path. They go on when `assay batch` ends.
//
//   shell   what runs a command (default sh -c); for another machine ssh and its name
//   assay batch c.yaml seed=1,2 -j 2 --launcher '{type: remote_shell, shell: ssh node1}'
#include <cstdio>
#include <map>
#include <span>
#include <sstream>
#include <string>
#include <string_view>

#include "assay/error.h"
#include "assay/launcher.h"
#include "assay/plugin.h"

namespace {
class RemoteShell final : public assay::Launcher {
 public:
  static constexpr assay::About about = {.name = "remote_shell", .doc = "Starts workers by ssh."};
  struct Options {
    std::string_view shell = "sh -c";
  };
  static constexpr auto table =
      assay::options(assay::option("shell", &Options::shell, "runs a command: ssh node1"));
  explicit RemoteShell(const Options& options) : shell_(options.shell) {}

  assay::LaunchPlace place() const override {
    const bool is_here = shell_.starts_with("sh ");
    return {.is_this_machine = is_here, .outlasts_this_process = true, .look_every = 0.5};
  }

  void launch(const assay::Work& work, assay::WorkerIds& started) override {
    std::string command = "cd " + quoted(work.folder) + " && { setsid env";
    for (const std::string_view entry : work.environment) command += ' ' + quoted(entry);
    for (const std::string_view argument : work.arguments) command += ' ' + quoted(argument);
    const std::string log = std::string(work.logs) + '/' + std::string(work.name) + ".txt";
    command += " </dev/null >>" + quoted(log) + " 2>&1 & echo $!; }";
    for (std::int64_t i = 0; i < work.count; ++i) started.add(run(command));
  }

  void look(std::span<const std::string_view> ids, assay::WorkerStates& states) override {
    std::string command = "ps -o pid=,stat= -p 1";
    for (const std::string_view id : ids)
      if (id.find_first_not_of("0123456789") == id.npos) command.append(",").append(id);
    std::istringstream lines(run(command));
    std::map<std::string, std::string, std::less<>> found;
    for (std::string id, state; lines >> id >> state;) found[id] = state;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const auto process = found.find(ids[i]);
      const bool is_alive = process != found.end() && process->second[0] != 'Z';
      states.set(i, is_alive ? assay::WorkerState::running : assay::WorkerState::ended, {});
    }
  }

  void stop(std::span<const std::string_view> ids, int signal) override {
    for (const std::string_view id : ids)
      run("kill -" + std::to_string(signal) + ' ' + quoted(id) + " 2>/dev/null; :");
  }

 private:
  std::string run(const std::string& command) const {
    std::FILE* pipe = popen((shell_ + ' ' + quoted(command)).c_str(), "re");
    std::string text;
    for (int c = 0; pipe != nullptr && (c = std::fgetc(pipe)) != EOF;) text += static_cast<char>(c);
    if (pipe == nullptr || pclose(pipe) != 0)
      throw assay::Error("failed: " + shell_ + ' ' + command);
    return text.substr(0, text.find_last_not_of('\n') + 1);
  }
  static std::string quoted(std::string_view text) {
    std::string result = "'";
    for (const char c : text) result += c == '\'' ? "'\\''" : std::string(1, c);
    return result + '\'';
  }
  std::string shell_;
};
}  // namespace

ASSAY_PLUGIN("remote_shell", "1.0.0", "MIT", RemoteShell)
