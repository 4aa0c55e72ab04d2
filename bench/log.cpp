// Measures the cost of logging: scalars through the real queue into a real logger, to a file on
// disk.
//
//   build/bench/bench_log [--tags N] [--scalars N] [--logger NAME]
//
// Prints one line of JSON:
//   scalars_per_second         sustained, from the first scalar until the files are synced
//   nanoseconds_per_scalar     of the training thread, in bursts that the queue has room for
//   waited_seconds             how long the training thread waited for a full queue (sustained)
//   bytes                      that the logger wrote
#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "runner/base/file_descriptor.h"
#include "runner/base/folder.h"
#include "runner/command_line/terminal.h"
#include "runner/logging/log.h"
#include "runner/plan/plan.h"
#include "runner/plugin_host/cpu.h"
#include "runner/plugin_host/plugin_host.h"
#include "tests/support/temporary_folder.h"

using namespace assay;

namespace {

using Clock = std::chrono::steady_clock;
using logging::Log;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

class Bench {
 public:
  Bench(std::string logger, std::size_t tags)
      : host_({std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path() /
               "plugins"},
              InstructionSet::generic),
        logger_(std::move(logger)) {
    for (std::size_t i = 0; i < tags; ++i) tags_.push_back("scalars/tag " + std::to_string(i));
  }

  // Opens a separate log and gives it to `use`; closes and syncs the files at the end.
  template <class Use>
  std::int64_t log(Use&& use) {
    const test::TemporaryFolder folder;
    command_line::StandardTerminal terminal;
    plan::ComponentPlan plan;
    plan.kind = Kind::logger;
    plan.type = logger_;
    std::vector<logging::Loggers::Named> named;
    named.push_back({logger_, host_.create<Logger>(plan)});
    logging::RunInfo info;
    const base::Folder opened(folder.path());
    info.folder = &opened;
    Log log(logging::Loggers(std::move(named), info, terminal,
                             [](const std::string& message) { throw Error(message); }),
            {}, {});
    use(log);
    log.finish(Outcome::finished);
    std::int64_t bytes = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
      const base::FileDescriptor file(::open(entry.path().c_str(), O_RDONLY | O_CLOEXEC));
      if (::fsync(file.get()) != 0) throw Error(entry.path().string() + " cannot be synced");
      bytes += static_cast<std::int64_t>(entry.file_size());
    }
    return bytes;
  }

  void sustained(std::int64_t scalars, nlohmann::json& out) {
    const auto start = Clock::now();
    double waited = 0;
    const std::int64_t bytes = log([&](Log& log) {
      give(log, scalars);
      waited = log.waited_seconds();
    });
    out["scalars_per_second"] = static_cast<double>(scalars) / seconds_since(start);
    out["waited_seconds"] = waited;
    out["bytes"] = bytes;
  }

  void bursts(nlohmann::json& out) {
    const auto size = static_cast<std::int64_t>(logging::QueueLimits().records / 4);
    std::vector<double> nanoseconds;
    log([&](Log& log) {
      give(log, static_cast<std::int64_t>(tags_.size()));  // every tag is known
      for (int burst = 0; burst < 25; ++burst) {
        std::this_thread::sleep_for(std::chrono::milliseconds(150));
        const auto start = Clock::now();
        give(log, size);
        nanoseconds.push_back(seconds_since(start) * 1e9 / static_cast<double>(size));
      }
    });
    std::ranges::sort(nanoseconds);
    out["nanoseconds_per_scalar"] = {{"median", nanoseconds[nanoseconds.size() / 2]},
                                     {"min", nanoseconds.front()},
                                     {"max", nanoseconds.back()}};
  }

 private:
  void give(Log& log, std::int64_t scalars) {
    for (std::int64_t i = 0; i < scalars; ++i)
      log.scalar(tags_[static_cast<std::size_t>(i) % tags_.size()], i / 8,
                 static_cast<double>(i) * 1e-3);
  }

  plugin_host::PluginHost host_;
  std::string logger_;
  std::vector<std::string> tags_;
};

}  // namespace

int main(int count, char** arguments) {
  std::size_t tags = 10;
  std::int64_t scalars = 5'000'000;
  std::string logger = "tensorboard";
  CLI::App app("What logging costs: scalars through the queue into a logger, to disk.",
               "bench_log");
  app.add_option("--tags", tags)->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--scalars", scalars)->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--logger", logger)->capture_default_str();
  CLI11_PARSE(app, count, arguments);
  Bench bench(logger, tags);
  nlohmann::json out = {{"logger", logger}, {"tags", tags}, {"scalars", scalars}};
  bench.sustained(scalars, out);
  bench.bursts(out);
  std::cout << out.dump() << std::endl;
}
