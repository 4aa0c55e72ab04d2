// `assay view`: starts the installed TensorBoard on a folder of runs.

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "runner/base/words.h"
#include "runner/command_line/commands.h"
#include "runner/command_line/usage_error.h"
#include "runner/plugin_host/search_path.h"

namespace assay::command_line {
namespace {

namespace fs = std::filesystem;

// Returns the TensorBoard in a .venv* beside the program's build folder; empty if there is none.
std::string tensorboard_beside_the_build() {
  const fs::path source = plugin_host::program_places().plugins.parent_path().parent_path();
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator entry(source, error), end; !error && entry != end;
       entry.increment(error)) {
    const fs::path program = entry->path() / "bin" / "tensorboard";
    if (entry->path().filename().string().starts_with(".venv") &&
        access(program.c_str(), X_OK) == 0)
      found.push_back(program);
  }
  return found.empty() ? std::string() : std::ranges::min(found).string();
}

int view(const std::string& folder, const std::vector<std::string>& arguments) {
  std::error_code error;
  if (fs::is_regular_file(folder, error))
    throw UsageError(fmt::format("{}: this is a file, expected a folder of runs", folder));
  if (!fs::is_directory(folder, error))
    throw UsageError(
        fmt::format("{}: no such folder; `assay run` makes run folders under runs/", folder));
  // By default TensorBoard keeps only 1000 scalars and 10 images per tag.
  std::vector<std::string> words = {"tensorboard", "--logdir", folder, "--samples_per_plugin",
                                    "scalars=5000,images=100"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  execvp(argv[0], argv.data());
  if (errno == ENOENT) {
    words[0] = tensorboard_beside_the_build();
    argv[0] = words[0].data();
    if (!words[0].empty()) execv(argv[0], argv.data());
  }
  if (!words[0].empty() && errno != ENOENT)
    throw Error(fmt::format("{}: {}", words[0], std::strerror(errno)));
  throw Error(fmt::format(
      "TensorBoard is not installed (no `tensorboard` in PATH). To install it and view the runs:\n"
      "    python3 -m venv tb && tb/bin/pip install tensorboard 'setuptools<81'\n"
      "    PATH=\"$PWD/tb/bin:$PATH\" {} view {}",
      base::shell_quoted(fs::read_symlink("/proc/self/exe").string()), base::shell_quoted(folder)));
}

}  // namespace

void declare_view(CLI::App& app, const Common&, Chosen& chosen) {
  struct Arguments {
    std::string folder = "runs";
    std::vector<std::string> rest;
  };
  const auto a = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("view", "Start TensorBoard on a folder of runs");
  command->add_option("DIR", a->folder, "The folder")->capture_default_str();
  command->add_option("options", a->rest, "Passed on to TensorBoard, after --");
  command->footer("Example:\n  assay view runs -- --port 6007");
  command->callback([&, a] { chosen = [a] { return view(a->folder, a->rest); }; });
}

}  // namespace assay::command_line
