#include "runner/logging/loggers.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <exception>
#include <set>
#include <utility>

#include "assay/error.h"
#include "assay/number_text.h"
#include "assay/text.h"
#include "runner/logging/logger_terminal.h"

namespace assay::logging {

namespace {

constexpr std::array<std::string_view, 4> files_of_the_run = {"plan.yaml", "config.yaml",
                                                              "run.json", "log.txt"};
constexpr std::ptrdiff_t deepest = 16;  // each folder on the way is open while a file is made
constexpr std::array<std::string_view, 3> folders_of_the_run = {"checkpoints", "config", "images"};

// Opens the file `path` of the folder by open(folder, name), where `folder` is the one that holds
// it. `inner` opens the folders on the way.
template <class Inner, class Open>
auto open_within(const base::Folder& folder, std::string_view path, const Inner& inner,
                 const Open& open) {
  const std::size_t end = path.find('/');
  if (end == path.npos) return open(folder, path);
  return open_within(inner(folder, path.substr(0, end)), path.substr(end + 1), inner, open);
}

base::Folder existing(const base::Folder& folder, std::string_view part) {
  return folder.existing_subfolder(part);
}

}  // namespace

void check_file_name(std::string_view name) {
  if (!is_line(name)) throw Error("the name of a file in the run folder must be one line of text");
  const std::string_view first = name.substr(0, name.find('/'));
  for (std::string_view rest = name;;) {
    const std::size_t end = rest.find('/');
    const std::string_view part = rest.substr(0, end);
    if (part.empty() || part == "." || part == "..")
      throw Error(fmt::format("'{}' is not a name for a file in the run folder", name));
    if (end == rest.npos) break;
    rest.remove_prefix(end + 1);
  }
  if (std::ranges::count(name, '/') > deepest)
    throw Error(fmt::format("'{}' lies in more than {} folders", name, deepest));
  if (std::ranges::count(files_of_the_run, first) > 0)
    throw Error(fmt::format("'{}' is a file of the run itself; expected another name", first));
  if (std::ranges::count(folders_of_the_run, first) > 0)
    throw Error(fmt::format("'{}' is a folder of the run itself; expected another name", first));
}

class Loggers::Context final : public LoggerContext {
 public:
  Context(const RunInfo& info, Terminal& terminal, const plugin_host::Handle<Logger>& logger)
      : info_(info),
        folder_(info.folder != nullptr ? info.folder->path().string() : std::string()),
        logger_(logger),
        terminal_(terminal, logger) {}

  LogFile& create(std::string_view given) override {
    const std::string name = logger_.masked(given);
    check_file_name(name);
    if (info_.folder == nullptr) throw Error("this run has no folder for files");
    const auto make = [](const base::Folder& folder, std::string_view part) {
      return folder.subfolder(part);
    };
    auto file = open_within(
        *info_.folder, name, make, [&](const base::Folder& folder, std::string_view last) {
          if (info_.goes_on && folder.has(last))
            return std::make_unique<base::AppendFile>(folder, last, position_of(name));
          if (const std::int64_t position = position_of(name); position > 0)
            lost_.push_back(fmt::format(
                "{}: the file was removed, and with it {} bytes that the run had logged; it begins "
                "anew",
                folder.path_of(last), grouped(position)));
          return std::make_unique<base::AppendFile>(folder, last);
        });
    return *files_.emplace_back(name, std::move(file)).second;
  }
  const auto& files() const { return files_; }
  /// Returns a sentence for each file whose former content is gone.
  const std::vector<std::string>& lost() const { return lost_; }
  // Close all of them, even if one throws.
  void finish_files() {
    std::exception_ptr failure;
    for (const auto& [name, file] : files_) try {
        file->finish();
      } catch (const Error&) {
        failure = std::current_exception();
      }
    if (failure) std::rethrow_exception(failure);
  }
  Terminal& terminal() override { return terminal_; }
  std::string_view run_name() const override { return info_.name; }
  std::string_view run_folder() const override { return folder_; }
  std::int64_t first_step() const override { return info_.first_step; }
  std::int64_t total_steps() const override { return info_.total_steps; }
  double start_time() const override { return info_.start_time; }
  std::span<const PlanEntry> plan() const override { return info_.facts->plan; }
  std::string_view plan_yaml() const override { return info_.facts->plan_yaml; }
  const Graph& graph() const override { return info_.facts->graph; }
  std::span<const DeclaredTag> tags() const override { return info_.facts->tags; }
  std::span<const SplitSize> splits() const override { return info_.facts->splits; }
  std::span<const std::string_view> class_names() const override {
    return info_.facts->class_names;
  }

 private:
  std::int64_t position_of(const std::string& name) const {
    const auto before = info_.positions.find(name);
    return before == info_.positions.end() ? 0 : before->second;
  }

  RunInfo info_;
  std::string folder_;
  plugin_host::Handle<Logger> logger_;
  LoggerTerminal terminal_;
  std::vector<std::pair<std::string, std::unique_ptr<base::AppendFile>>> files_;  // by name
  std::vector<std::string> lost_;
};

Loggers::Loggers(std::vector<Named> loggers, RunInfo info, Terminal& terminal, Report report)
    : called_(std::make_unique<std::atomic<const Slot*>>(nullptr)),
      info_(std::move(info)),
      report_(std::move(report)) {
  for (Named& named : loggers) {
    auto context = std::make_unique<Context>(info_, terminal, named.logger);
    slots_.push_back({std::move(named), std::move(context), true});
  }
}
Loggers::~Loggers() = default;
Loggers::Loggers(Loggers&&) noexcept = default;

void Loggers::fail(const std::string& message) {
  failures_.push_back(message);
  report_(message);
}

void Loggers::call(Slot& slot, const std::function<void(Logger&)>& call) {
  if (!slot.works) return;
  called_->store(&slot, std::memory_order_relaxed);
  try {
    slot.named.logger.call(call);
    called_->store(nullptr, std::memory_order_relaxed);
  } catch (const std::exception& error) {
    called_->store(nullptr, std::memory_order_relaxed);
    slot.works = false;
    fail(fmt::format("{}; it gets no more records, training goes on", error.what()));
  }
}

std::string Loggers::called() const {
  const Slot* slot = called_->load(std::memory_order_relaxed);
  return slot == nullptr ? std::string() : slot->named.logger.who();
}

void Loggers::open() {
  if (info_.goes_on) put_former_files_right(Former::removed);
  for (Slot& slot : slots_) {
    call(slot, [&](Logger& logger) { logger.open(*slot.context); });
    for (const std::string& lost : slot.context->lost()) fail(lost);
  }
  if (info_.goes_on) put_former_files_right(Former::cut);
}

void Loggers::each(const std::function<void(Logger&)>& function) {
  for (Slot& slot : slots_) call(slot, function);
}

// Files without a position do not belong to the run any more. They are removed before the loggers
// open theirs and look around. A logger need not open its files again: the tensorboard logger
// begins a new one. What follows the positions of such files is cut off.
void Loggers::put_former_files_right(Former which) {
  std::set<std::string> left(info_.former_files.begin(), info_.former_files.end());
  for (const auto& [name, position] : info_.positions) left.insert(name);
  for (const Slot& slot : slots_)
    for (const auto& [name, file] : slot.context->files()) left.erase(name);
  for (const std::string& name : left) {
    const auto known = info_.positions.find(name);
    const std::int64_t position = known == info_.positions.end() ? 0 : known->second;
    if ((position == 0) != (which == Former::removed)) continue;
    try {
      open_within(*info_.folder, name, existing,
                  [&](const base::Folder& folder, std::string_view last) {
                    if (position > 0) {
                      base::AppendFile file(folder, last, position);
                      left_digests_[name] = file.digest();
                      return file.finish();
                    }
                    if (::unlinkat(folder.descriptor(), std::string(last).c_str(), 0) != 0 &&
                        errno != ENOENT)
                      folder.fail(last, "cannot be removed", errno);
                  });
    } catch (const Error& error) {
      fail(error.what());
    }
    if (position == 0) info_.positions.erase(name);
  }
}

std::map<std::string, std::int64_t> Loggers::synced_positions() {
  each([](Logger& logger) { logger.flush(); });
  std::set<std::string> synced_folders;
  for (Slot& slot : slots_)
    for (const auto& [name, file] : slot.context->files()) {
      file->sync();
      if (!synced_files_.contains(name)) sync_folders(name, synced_folders);
      synced_files_.insert(name);
    }
  return positions();
}

// Brings the name of a file to the disk, with those of the folders on the way, each once.
void Loggers::sync_folders(std::string_view file, std::set<std::string>& synced) const {
  const auto sync = [&](const base::Folder& folder) {
    if (synced.insert(folder.path()).second) folder.sync();
  };
  open_within(
      *info_.folder, file,
      [&](const base::Folder& folder, std::string_view part) {
        sync(folder);
        return folder.existing_subfolder(part);
      },
      [&](const base::Folder& folder, std::string_view) { sync(folder); });
}

std::map<std::string, std::int64_t> Loggers::positions() const {
  std::map<std::string, std::int64_t> positions = info_.positions;
  for (const Slot& slot : slots_)
    for (const auto& [name, file] : slot.context->files()) positions[name] = file->position();
  return positions;
}

std::map<std::string, std::string> Loggers::digests() const {
  std::map<std::string, std::string> digests = left_digests_;
  for (const Slot& slot : slots_)
    for (const auto& [name, file] : slot.context->files()) digests[name] = file->digest();
  std::erase_if(digests, [](const auto& each) { return each.second.empty(); });
  return digests;
}

void Loggers::close(Outcome outcome) {
  each([&](Logger& logger) { logger.close(outcome); });
  // Finish the files of loggers that were left out too: users want their content.
  for (Slot& slot : slots_) try {
      slot.context->finish_files();
    } catch (const Error& error) {
      if (slot.works) fail(fmt::format("{}: {}", slot.named.logger.who(), error.what()));
    }
}

}  // namespace assay::logging
