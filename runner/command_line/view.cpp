// `assay view`: starts the installed TensorBoard on a folder of runs.

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <vector>

#include "assay/error.h"
#include "runner/command_line/commands.h"
#include "runner/command_line/exit_code.h"

namespace assay::command_line {

int view(const std::string& folder, const std::vector<std::string>& arguments) {
  if (!std::filesystem::is_directory(folder))
    throw Error(
        fmt::format("{}: no such folder; `assay run` makes run folders under runs/", folder));
  // TensorBoard keeps 1000 scalars and 10 images of a tag unless told.
  std::vector<std::string> words = {"tensorboard", "--logdir", folder, "--samples_per_plugin",
                                    "scalars=5000,images=100"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  execvp(argv[0], argv.data());
  if (errno != ENOENT) throw Error(fmt::format("tensorboard: {}", std::strerror(errno)));
  std::cerr
      << "assay: error: TensorBoard is not installed (no `tensorboard` in PATH). Install it with\n"
         "    python3 -m venv tb && tb/bin/pip install tensorboard 'setuptools<81'\n"
         "and put tb/bin into PATH; in Assay's source folder, `./dev view "
      << folder << "` does both.\n";
  return run_failed;
}

}  // namespace assay::command_line
