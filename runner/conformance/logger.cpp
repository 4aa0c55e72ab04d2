#include "assay/logger.h"

#include <fcntl.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "assay/number_text.h"
#include "runner/base/file_descriptor.h"
#include "runner/conformance/flushing.h"
#include "runner/conformance/readable.h"
#include "runner/conformance/refusal.h"
#include "runner/conformance/sample_records.h"
#include "runner/conformance/suites.h"
#include "runner/logging/logger_host.h"

namespace assay::conformance {
namespace {

using Handle = plugin_host::Handle<Logger>;
using logging::LoggerHost;
using logging::MemoryFile;

// Sends records of every content, in a possible order.
void feed(const Handle& logger) {
  using Limits = std::numeric_limits<double>;
  const std::vector<std::string> names = {"Loss",         "test/accuracy",
                                          "Größe ≥ 数 🎲", "quote \" backslash \\ percent %s",
                                          "a\tb\nc",      std::string(5000, 'x')};
  const double time = 1763863320.5;
  std::int64_t step = 0;
  for (const double value :
       {0.5, -0.0, 1.0, Limits::max(), -Limits::max(), Limits::denorm_min(), Limits::quiet_NaN(),
        Limits::infinity(), -Limits::infinity(), 0.1, 123456789.125}) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      const Scalar scalar{value};
      const Record record = record_of({static_cast<std::uint32_t>(i), names[i]}, step,
                                      time + static_cast<double>(step), scalar);
      logger.call([&](Logger& l) { l.record(record); });
    }
    const Progress progress{step, 1000, step / 10, static_cast<double>(step), 12.5};
    logger.call([&](Logger& l) { l.progress(progress); });
    ++step;
  }
  send_every_content(
      static_cast<std::uint32_t>(names.size()), step, time,
      [&](const Record& record) { logger.call([&](Logger& l) { l.record(record); }); });
  logger.call([](Logger& l) { l.flush(); });
}

void open(const Handle& logger, LoggerHost& host) {
  logger.call([&](Logger& l) { l.open(host); });
}

void close(const Handle& logger, Outcome outcome) {
  logger.call([&](Logger& l) { l.close(outcome); });
}

std::string takes_all(const Subject& subject) {
  std::size_t bytes = 0, lines = 0;
  for (const bool interactive : {false, true})
    for (const Outcome outcome : {Outcome::finished, Outcome::stopped, Outcome::failed}) {
      LoggerHost host({.interactive = interactive, .facts = sample_facts()});
      const Handle logger = subject.make<Logger>();
      subject.declare_state(logger);
      open(logger, host);
      feed(logger);
      close(logger, outcome);
      bytes = host.bytes();
      lines = std::max(lines, host.screen.lines.size());
    }
  require(bytes > 0 || lines > 0, "it writes nothing, neither to files nor to the terminal");
  return fmt::format("{} bytes in files, {} lines on the terminal", grouped(bytes), grouped(lines));
}

std::string same_bytes(const Subject& subject) {
  LoggerHost first({.facts = sample_facts()}), second({.facts = sample_facts()});
  for (LoggerHost* host : {&first, &second}) {
    const Handle logger = subject.make<Logger>();
    subject.declare_state(logger);
    open(logger, *host);
    feed(logger);
    close(logger, Outcome::finished);
  }
  require(first.files.size() == second.files.size(), "the same records make {} and {} files",
          first.files.size(), second.files.size());
  for (std::size_t i = 0; i < first.files.size(); ++i)
    require(first.files[i].content == second.files[i].content,
            "the same records give other bytes in {} the second time; times come with the records",
            first.files[i].name);
  require(first.screen.lines == second.screen.lines,
          "the same records give other lines on the terminal the second time");
  return {};
}

std::string readable(const Subject& subject) {
  LoggerHost host({.facts = sample_facts()});
  const Handle logger = subject.make<Logger>();
  subject.declare_state(logger);
  open(logger, host);
  feed(logger);
  const std::size_t flushed = host.bytes();
  logger.call([](Logger& l) { l.flush(); });
  require(host.bytes() == flushed, "a second flush() writes {} bytes that the first left behind",
          grouped(host.bytes() - flushed));
  close(logger, Outcome::finished);
  std::string found;
  for (const MemoryFile& file : host.files) {
    const std::string what = require_readable(file.name, file.content);
    if (!what.empty()) found += fmt::format("{}{}", found.empty() ? "" : ", ", what);
  }
  return found;
}

std::string contained(const Subject& subject) {
  // The host expects an error here; anything worse ends this process.
  const auto survive = [&](const logging::Circumstances& how) {
    LoggerHost host(how);
    const Handle logger = subject.make<Logger>();
    subject.declare_state(logger);
    try {
      open(logger, host);
      feed(logger);
      close(logger, Outcome::failed);
      return false;
    } catch (const plugin_host::ComponentError& error) {
      require_refusal(error);
      require(!error.message().empty(), "a full disk comes back as an error without words");
      return true;
    }
  };
  LoggerHost host({.facts = sample_facts()});
  const Handle logger = subject.make<Logger>();
  subject.declare_state(logger);
  open(logger, host);
  feed(logger);
  close(logger, Outcome::finished);
  if (host.files.empty()) throw NotRun("it writes no files");
  std::size_t most = 0;
  for (const MemoryFile& file : host.files) most = std::max(most, file.content.size());
  require(survive({.files = false, .facts = sample_facts()}),
          "it does not say so when its file cannot be made");
  for (const std::size_t room : {std::size_t{0}, std::size_t{1}, most / 2, most - 1})
    require(room >= most || survive({.room = room, .facts = sample_facts()}),
            "it does not say so when the disk is full after {} bytes", grouped(room));
  return {};
}

// An empty working folder. The destructor removes it.
class EmptyFolder {
 public:
  EmptyFolder() : before_(::open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    std::string name = (std::filesystem::temp_directory_path() / "assay-XXXXXX").string();
    if (before_.get() < 0 || mkdtemp(name.data()) == nullptr || chdir(name.c_str()) != 0)
      throw NotRun("there is no folder to try it in");
    path_ = name;
  }
  EmptyFolder(const EmptyFolder&) = delete;
  EmptyFolder& operator=(const EmptyFolder&) = delete;
  ~EmptyFolder() {
    std::error_code ignored;
    if (fchdir(before_.get()) == 0) std::filesystem::remove_all(path_, ignored);
  }
  std::string path() const { return path_.string(); }
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(path_))
      names.push_back(entry.path().filename().string());
    return names;
  }

 private:
  base::FileDescriptor before_;
  std::filesystem::path path_;
};

std::string own_files(const Subject& subject) {
  const EmptyFolder folder;
  LoggerHost host({.run_folder = folder.path(), .facts = sample_facts()});
  const Handle logger = subject.make<Logger>();
  subject.declare_state(logger);
  open(logger, host);
  feed(logger);
  close(logger, Outcome::finished);
  require(folder.files().empty(),
          "it makes {} by itself, in the run folder or the working folder; expected all its files "
          "from LoggerContext::create",
          fmt::join(folder.files(), ", "));
  return {};
}

std::string destroyed(const Subject& subject) {
  { const Handle never_opened = subject.make<Logger>(); }
  LoggerHost host({.facts = sample_facts()});
  const Handle open_only = subject.make<Logger>();
  subject.declare_state(open_only);
  open(open_only, host);
  LoggerHost other({.facts = sample_facts()});
  const Handle not_closed = subject.make<Logger>();
  subject.declare_state(not_closed);
  open(not_closed, other);
  feed(not_closed);
  return {};
}

}  // namespace

Suite logger_suite(const Subject& subject) {
  return {
      {"takes every record", [subject] { return takes_all(subject); }},
      {"the same records give the same bytes", [subject] { return same_bytes(subject); }},
      {"what is written can be read", [subject] { return readable(subject); }},
      {"flush writes out what came before it", [subject] { return flushes(subject); }},
      {"a full disk is reported", [subject] { return contained(subject); }},
      {"files are the host's", [subject] { return own_files(subject); }},
      {"can be destroyed at any time", [subject] { return destroyed(subject); }},
  };
}

}  // namespace assay::conformance
