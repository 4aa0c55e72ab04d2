#include "assay/logger.h"

#include <fcntl.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <map>
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

using Limits = std::numeric_limits<double>;

constexpr double begin_time = 1763863320.5;
// The values of the steps.
constexpr std::array<double, 11> step_values = {0.5,
                                                -0.0,
                                                1.0,
                                                Limits::max(),
                                                -Limits::max(),
                                                Limits::denorm_min(),
                                                Limits::quiet_NaN(),
                                                Limits::infinity(),
                                                -Limits::infinity(),
                                                0.1,
                                                123456789.125};

const std::vector<std::string>& tag_names() {
  static const std::vector<std::string> names = {"Loss",         "test/accuracy",
                                                 "Größe ≥ 数 🎲", "quote \" backslash \\ percent %s",
                                                 "a\tb\nc",      std::string(5000, 'x')};
  return names;
}

// Sends scalars and the progress of these steps, and flushes.
void send_steps(const Handle& logger, std::size_t first, std::size_t end) {
  for (std::size_t i = first; i < end; ++i) {
    const auto step = static_cast<std::int64_t>(i);
    const auto passed = static_cast<double>(i);
    std::uint32_t id = 0;
    for (const std::string& name : tag_names()) {
      const Scalar scalar{step_values[i]};
      const Record record = record_of({id++, name}, step, begin_time + passed, scalar);
      logger.call([&](Logger& l) { l.record(record); });
    }
    const Progress progress{step, 1000, step / 10, passed, 12.5};
    logger.call([&](Logger& l) { l.progress(progress); });
  }
  logger.call([](Logger& l) { l.flush(); });
}

// Sends records of every other content behind them, and flushes.
void send_others(const Handle& logger) {
  send_every_content(
      static_cast<std::uint32_t>(tag_names().size()), step_values.size(), begin_time,
      [&](const Record& record) { logger.call([&](Logger& l) { l.record(record); }); });
  logger.call([](Logger& l) { l.flush(); });
}

// Sends records of every content, in a possible order.
void feed(const Handle& logger) {
  send_steps(logger, 0, step_values.size());
  send_others(logger);
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

// A place for what a logger writes, to which more is added.
struct Place {
  explicit Place(const LoggerHost& host) : lines(host.screen.lines.size()) {
    for (const MemoryFile& file : host.files) sizes[file.name] = file.content.size();
  }

  /// Returns what was written behind the place. A file that was created since then counts from its
  /// size in `left`.
  std::map<std::string, std::string> behind(const LoggerHost& host, const Place& left) const {
    std::map<std::string, std::string> written;
    for (const MemoryFile& file : host.files) {
      const auto here = sizes.find(file.name), before = left.sizes.find(file.name);
      std::size_t from = 0;
      if (here != sizes.end()) from = here->second;
      else if (before != left.sizes.end()) from = before->second;
      written[file.name] = file.content.substr(from);
    }
    for (std::size_t i = lines; i < host.screen.lines.size(); ++i)
      written["the terminal"] += host.screen.lines[i] + '\n';
    return written;
  }

  std::map<std::string, std::size_t> sizes;  ///< of files
  std::size_t lines;                         ///< on the terminal
};

// Simulates a resumed run: another logger takes up the state and the files in the middle. A logger
// that declares no state may begin anew, as one does that writes a summary when it is closed.
std::string remembers(const Subject& subject) {
  constexpr std::size_t half = step_values.size() / 2;
  LoggerHost host({.facts = sample_facts()});
  const Handle whole = subject.make<Logger>(), resumed = subject.make<Logger>();
  const state::ComponentState& state = subject.declare_state(whole);
  state::ComponentState& taken_up = subject.declare_state(resumed);
  if (state.bytes() == 0) throw NotRun("it declares no state");
  open(whole, host);
  send_steps(whole, 0, half);
  const Place middle(host);
  taken_up.assign(state);
  LoggerHost later({.first_step = half, .facts = sample_facts()}, host.files);
  open(resumed, later);
  const Place opened(later);
  for (const Handle* logger : {&whole, &resumed}) {
    send_steps(*logger, half, step_values.size());
    send_others(*logger);
    close(*logger, Outcome::finished);
  }
  const auto expected = middle.behind(host, middle), found = opened.behind(later, middle);
  require(found.size() == expected.size(), "resumed it writes to {} files, and without a break {}",
          found.size(), expected.size());
  for (const auto& [name, content] : expected) {
    const auto other = found.find(name);
    require(other != found.end() && other->second == content,
            "another logger with the saved state goes on differently in {}; what must be "
            "remembered belongs into the state that declare_state() declares",
            name);
  }
  return fmt::format("{} bytes of state", state.bytes());
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
      {"all state is the host's", [subject] { return remembers(subject); }},
  };
}

}  // namespace assay::conformance
