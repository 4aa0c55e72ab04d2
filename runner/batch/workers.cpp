#include "runner/batch/workers.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/random.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include "assay/error.h"
#include "assay/number_text.h"
#include "runner/base/atomic_file.h"
#include "runner/base/own_process.h"
#include "runner/base/regular_file.h"
#include "runner/plugin_host/launcher_answers.h"

namespace assay::batch {
namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr int format = 1;
constexpr std::uint64_t most_bytes = std::uint64_t{1} << 28;
constexpr double longest_pause = 3600;  // between two looks, in seconds
constexpr auto forgotten = 10min;

fs::path file_of(const Batch& batch) { return batch.folder / "workers.json"; }

std::vector<std::string_view> views_of(const std::vector<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

// Returns a name for a launch that no other has: "assay-digits-5f0c3e9a71b2".
std::string new_name(const Batch& batch) {
  std::uint64_t bits = 0;
  if (::getrandom(&bits, sizeof bits, 0) != sizeof bits)
    bits = static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
  std::string name = batch.name.substr(0, 40);
  for (char& c : name)
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '-';
  return fmt::format("assay-{}-{:012x}", name, bits & 0xffffffffffff);
}

Json read_json(const Batch& batch) {
  std::error_code error;
  if (!fs::exists(file_of(batch), error)) return {};
  const base::RegularFile file(file_of(batch));
  const std::string text = file.text(most_bytes);
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object() || json.value("format", Json()) != format)
    throw Error(fmt::format(
        "{}: it is damaged, or was written by a later assay; without it the batch goes on, but "
        "workers that it names may still be at work",
        file.path()));
  return json;
}

std::string text_of(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::vector<std::string> texts_of(const Json& json, const char* key) {
  std::vector<std::string> texts;
  if (const auto found = json.find(key); found != json.end() && found->is_array())
    for (const Json& text : *found)
      if (text.is_string()) texts.push_back(text.get<std::string>());
  return texts;
}

}  // namespace

Workers::Workers(const Batch& batch, plugin_host::Handle<Launcher> launcher,
                 std::vector<std::string> chosen, Warn warn)
    : batch_(batch),
      launcher_(std::move(launcher)),
      chosen_(std::move(chosen)),
      warn_(std::move(warn)),
      place_(launcher_.call([](Launcher& l) { return l.place(); })) {
  if (!(place_.look_every >= 0 && place_.look_every <= longest_pause) || place_.cores < 0)
    throw Error(
        fmt::format("{}: its place() says to look every {} s and {} cores for each worker; "
                    "expected 0 to {} s, and 0 cores or more",
                    launcher_.who(), place_.look_every, place_.cores, longest_pause));
  read();
}

void Workers::read() {
  const Json json = read_json(batch_);
  const auto list = json.is_object() ? json.find("launches") : json.end();
  if (!json.is_object() || list == json.end() || !list->is_array()) return;
  const std::string by = text_of(json, "by");
  if (by != launcher_.name() && !list->empty()) {
    warn_(fmt::format("workers that the launcher {} started may still be at work; this one is {}",
                      by, launcher_.name()));
    return;
  }
  for (const Json& entry : *list) {
    if (!entry.is_object()) continue;
    launches_.push_back({text_of(entry, "name"), entry.contains("ids"), texts_of(entry, "ids")});
  }
}

void Workers::write() const {
  if (chosen_.empty() && !place_.outlasts_this_process) return;
  Json json = {{"format", format},
               {"launcher", chosen_},
               {"by", launcher_.name()},
               {"launches", Json::array()}};
  for (const Launch& launch : launches_) {
    if (!place_.outlasts_this_process) break;
    Json entry = {{"name", launch.name}};
    if (launch.is_noted) entry["ids"] = launch.ids;
    json["launches"].push_back(std::move(entry));
  }
  base::write_atomically(file_of(batch_),
                         json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
}

std::vector<std::string> Workers::found(const std::string& name) {
  plugin_host::WorkerIdList ids;
  launcher_.call([&](Launcher& l) { l.find(name, ids); });
  return std::move(ids.ids);
}

void Workers::add(const std::vector<std::string>& ids) {
  for (const std::string& id : ids) workers_.push_back({id});
}

void Workers::take_up() {
  for (Launch& launch : launches_) {
    if (!std::exchange(launch.is_noted, true)) launch.ids = found(launch.name);
    add(launch.ids);
  }
  if (workers_.empty()) return;
  look();
  if (cannot_be_asked_)
    throw Error(fmt::format(
        "{}: it cannot be asked which of its workers are alive; none are started beside them",
        launcher_.who()));
  const auto is_gone = [](const Worker& worker) {
    return worker.state == WorkerState::ended || worker.state == WorkerState::unknown;
  };
  const auto unknown = std::ranges::count(workers_, WorkerState::unknown, &Worker::state);
  if (unknown > 0)
    warn_(fmt::format("of {} the launcher {} knows nothing any more",
                      counted(static_cast<std::size_t>(unknown), "earlier worker"),
                      launcher_.name()));
  // One of which nothing is known stays in the file: it may be known again.
  for (Launch& launch : launches_)
    std::erase_if(launch.ids, [&](const std::string& id) {
      const auto worker = std::ranges::find(workers_, id, &Worker::id);
      return worker == workers_.end() || worker->state == WorkerState::ended;
    });
  std::erase_if(workers_, is_gone);
  std::erase_if(launches_, [](const Launch& launch) { return launch.ids.empty(); });
}

void Workers::start(const WantedWorkers& wanted) {
  const std::int64_t missing = wanted.count - static_cast<std::int64_t>(workers_.size());
  if (missing > 0) launch(wanted, missing);
  else write();
  next_look_ = Clock::now();
}

void Workers::launch(const WantedWorkers& wanted, std::int64_t count) {
  const std::string name = new_name(batch_);
  const std::string folder = fs::current_path().string();
  const fs::path logs = batch_.folder / "logs";
  std::vector<std::string> arguments = {fs::read_symlink("/proc/self/exe").string()};
  arguments.insert(arguments.end(), wanted.arguments.begin(), wanted.arguments.end());
  const std::string parent = place_.outlasts_this_process ? std::string() : base::parent_entry();
  const auto argument_views = views_of(arguments), entries = views_of(wanted.environment);
  Work work{.name = name,
            .count = count,
            .arguments = argument_views,
            .environment = entries,
            .ends_with_parent = parent,
            .folder = folder,
            .logs = logs.native(),
            .each = wanted.each};
  launches_.push_back({name, false, {}});
  write();
  plugin_host::WorkerIdList ids;
  std::string problem;
  try {
    launcher_.call([&](Launcher& l) { l.launch(work, ids); });
    if (static_cast<std::int64_t>(ids.ids.size()) != count)
      problem = fmt::format("{}: it was to start {}, and gave {}", launcher_.who(),
                            counted(static_cast<std::size_t>(count), "worker"),
                            counted(ids.ids.size(), "id"));
  } catch (const plugin_host::ComponentError& error) {
    problem = error.what();
    try {
      for (std::string& id : found(name))
        if (std::ranges::count(ids.ids, id) == 0) ids.ids.push_back(std::move(id));
    } catch (const plugin_host::ComponentError& unfound) {
      problem += fmt::format("; and what it started cannot be asked for: {}", unfound.message());
    }
  }
  Launch& launch = launches_.back();
  launch.is_noted = true;
  launch.ids = ids.ids;
  add(ids.ids);
  if (place_.outlasts_this_process) write();
  if (problem.empty()) return;
  if (workers_.empty()) throw Error(problem);
  warn_(fmt::format("{}; the batch goes on with {}", problem, counted(workers_.size(), "worker")));
}

void Workers::look() {
  std::vector<Worker*> asked;
  std::vector<std::string_view> ids;
  for (Worker& worker : workers_) {
    if (worker.state == WorkerState::ended) continue;
    asked.push_back(&worker);
    ids.push_back(worker.id);
  }
  plugin_host::WorkerStateList seen(ids.size());
  try {
    launcher_.call([&](Launcher& l) { l.look(ids, seen); });
    cannot_be_asked_ = false;
  } catch (const plugin_host::ComponentError& error) {
    seen = plugin_host::WorkerStateList(ids.size());
    if (!std::exchange(cannot_be_asked_, true)) warn_(error.what());
  }
  const auto now = Clock::now();
  for (std::size_t i = 0; i < asked.size(); ++i) {
    Worker& worker = *asked[i];
    worker.state = seen.states[i];
    worker.reason = launcher_.masked(seen.reasons[i]);
    if (worker.state != WorkerState::unknown) worker.known = now;
    if (worker.state == WorkerState::ended && !worker.reason.empty() && !is_asked_to_stop_)
      warn_(fmt::format("a worker ({}) has ended: {}", worker.id, worker.reason));
  }
}

// Waits until a worker ends, or a signal arrives, for at most that long. Returns false if the
// launcher tells of no ends.
bool Workers::wait_for_end(std::chrono::milliseconds most) {
  std::vector<pollfd> files;
  const auto events = launcher_.call([](Launcher& l) { return l.end_events(); });
  for (const int descriptor : events) files.push_back({descriptor, POLLIN, 0});
  if (files.empty()) return workers_.empty();
  ::poll(files.data(), files.size(), static_cast<int>(most.count()));
  return std::ranges::none_of(files, [](const pollfd& f) { return (f.revents & POLLNVAL) != 0; });
}

bool Workers::wait(std::chrono::milliseconds most) {
  if (Clock::now() < next_look_ || !wait_for_end(most)) std::this_thread::sleep_for(most);
  if (Clock::now() >= next_look_) {
    look();
    next_look_ = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                    std::chrono::duration<double>(place_.look_every));
  }
  const bool all = std::ranges::all_of(workers_, [](const Worker& worker) {
    return worker.state == WorkerState::ended ||
           (worker.state == WorkerState::unknown && Clock::now() - worker.known > forgotten);
  });
  const bool is_sure = std::ranges::count(workers_, WorkerState::unknown, &Worker::state) == 0;
  if (all && is_sure && !launches_.empty()) {
    launches_.clear();
    write();
  }
  return all;
}

void Workers::stop(int signal) {
  is_asked_to_stop_ = true;
  std::vector<std::string_view> ids;
  for (const Worker& worker : workers_)
    if (worker.state != WorkerState::ended) ids.push_back(worker.id);
  launcher_.call([&](Launcher& l) { l.stop(ids, signal); });
}

std::vector<std::string> last_choice_of_launcher(const Batch& batch) {
  const Json json = read_json(batch);
  return json.is_object() ? texts_of(json, "launcher") : std::vector<std::string>();
}

}  // namespace assay::batch
