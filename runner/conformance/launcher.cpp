#include "assay/launcher.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "assay/number_text.h"
#include "runner/base/wording.h"
#include "runner/conformance/suites.h"
#include "runner/conformance/worker_probe.h"
#include "runner/plugin_host/launcher_answers.h"

namespace assay::conformance {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using Handle = plugin_host::Handle<Launcher>;
using Ids = std::vector<std::string>;
using Seconds = std::chrono::duration<double>;

// How long a check waits for something that must happen. What never happens is waited for in full
// once only: the further checks of the component then wait for a short while.
class Patience {
 public:
  explicit Patience(const LaunchPlace& place) : look_every_(place.look_every) {}
  // Returns true as soon as the condition holds.
  bool wait_for(const std::function<bool()>& condition) {
    const Seconds time = (is_used_up_ ? 1s : 10s) + 100 * Seconds(look_every_);
    const auto until = Clock::now() + time;
    while (!condition()) {
      if (Clock::now() >= until) {
        is_used_up_ = true;
        return false;
      }
      std::this_thread::sleep_for(Seconds(std::max(0.01, look_every_)));
    }
    return true;
  }

 private:
  double look_every_;
  bool is_used_up_ = false;
};

LaunchPlace place_of(const Handle& launcher) {
  return launcher.call([](Launcher& l) { return l.place(); });
}

WorkerState state_of(const Handle& launcher, const std::string& id) {
  const std::string_view ids[] = {id};
  plugin_host::WorkerStateList seen(1);
  launcher.call([&](Launcher& l) { l.look(ids, seen); });
  return seen.states[0];
}

void stop(const Handle& launcher, const std::string& id, int signal) {
  const std::string_view ids[] = {id};
  launcher.call([&](Launcher& l) { l.stop(ids, signal); });
}

std::string_view name_of(WorkerState state) {
  constexpr std::string_view names[] = {"unknown", "waiting", "running", "ended"};
  return names[static_cast<std::size_t>(state)];
}

// A launcher with its workers. A check has one or several.
class Bench {
 public:
  Bench(const Subject& subject, std::shared_ptr<Patience> patience)
      : subject_(subject), patience_(std::move(patience)), launcher_(subject.make<Launcher>()) {}

  const Handle& launcher() const { return launcher_; }
  ProbeFolder& folder() { return folder_; }
  bool outlasts() const { return place_of(launcher_).outlasts_this_process; }
  // Makes another object of the same launcher.
  Handle other() const { return subject_.make<Launcher>(); }
  void destroy_launcher() { launcher_ = Handle(); }
  bool wait_for(const std::function<bool()>& condition) { return patience_->wait_for(condition); }

  Ids launch(const std::string& group, std::int64_t count,
             ProbeFolder::At at = ProbeFolder::At::end_when_asked) {
    const Work work = folder_.work(group, count, !outlasts(), at);
    plugin_host::WorkerIdList ids;
    launcher_.call([&](Launcher& l) { l.launch(work, ids); });
    require(static_cast<std::int64_t>(ids.ids.size()) == count,
            "it was told to start {}, and gives {}", counted(count, "worker"),
            counted(ids.ids.size(), "id"));
    return ids.ids;
  }

  std::vector<Probe> begun(const std::string& group, std::size_t count) {
    std::vector<Probe> probes;
    const bool all = wait_for([&] { return (probes = folder_.begun(group)).size() >= count; });
    require(all,
            "it was told to start {}, and {} of them began; they write to {}, the folder for "
            "temporary files, which they must see",
            counted(count, "worker"), probes.size(),
            std::filesystem::temp_directory_path().string());
    return probes;
  }

  void require_ends(const Handle& launcher, const std::string& id, std::string_view when) {
    WorkerState state = WorkerState::unknown;
    const bool ended =
        patience_->wait_for([&] { return (state = state_of(launcher, id)) == WorkerState::ended; });
    require(ended, "it says that a worker is {} {}; expected ended", name_of(state), when);
  }

  void require_alive(const Handle& launcher, const std::string& id, std::string_view when) {
    // A cluster may be a moment behind.
    WorkerState state = WorkerState::unknown;
    const bool alive = patience_->wait_for([&] {
      state = state_of(launcher, id);
      return state != WorkerState::unknown;
    });
    require(alive && state != WorkerState::ended,
            "it says that a worker is {} {}; expected running", name_of(state), when);
  }

 private:
  const Subject& subject_;
  std::shared_ptr<Patience> patience_;
  ProbeFolder folder_;  // ends what is left after the launcher
  Handle launcher_;
};

// One worker of a launch of its own.
struct OneWorker {
  std::string id;
  Probe probe;
  OneWorker(Bench& bench, const std::string& group,
            ProbeFolder::At at = ProbeFolder::At::end_when_asked)
      : id(bench.launch(group, 1, at).front()), probe(bench.begun(group, 1).front()) {}
};

void require_nothing_left(Bench& bench, const Probe& probe, std::string_view when) {
  require(!probe.runs(), "a worker goes on {}", when);
  require(bench.wait_for([&] { return bench.folder().processes().empty(); }),
          "it leaves {} running {}, which it started around a worker",
          bench.folder().processes().size() == 1
              ? "a process"
              : fmt::format("{} processes", bench.folder().processes().size()),
          when);
}

bool is_same(const LaunchPlace& a, const LaunchPlace& b) {
  return a.is_this_machine == b.is_this_machine && a.cores == b.cores &&
         a.outlasts_this_process == b.outlasts_this_process && a.look_every == b.look_every;
}

std::string describes_place(const Subject& subject) {
  const Handle first = subject.make<Launcher>(), second = subject.make<Launcher>();
  const LaunchPlace place = place_of(first);
  require(place.look_every >= 0 && place.look_every <= 3600,
          "it wants {} s between two calls of look(); expected 0 to 3600", place.look_every);
  require(place.cores >= 0, "it gives each worker {} cores; expected 0 or more", place.cores);
  require(is_same(place, place_of(first)) && is_same(place, place_of(second)),
          "its place() is another when it is asked again");
  return fmt::format("workers {} this process, {}",
                     place.outlasts_this_process ? "outlast" : "end with",
                     place.is_this_machine ? "on this machine" : "elsewhere");
}

std::string starts(Bench& bench) {
  bench.launch("two", 2);
  bench.begun("two", 2);
  std::this_thread::sleep_for(100ms);
  const std::vector<Probe> probes = bench.folder().begun("two");
  require(probes.size() == 2, "it was told to start 2 workers, and {} began", probes.size());
  const auto odd = ProbeFolder::odd_arguments();
  for (const Probe& probe : probes) {
    const std::vector<std::string> got = probe.arguments();
    require(std::ranges::equal(got, odd), "a worker got other arguments: {}; expected {}",
            base::listed(got), base::listed(std::vector<std::string>(odd.begin(), odd.end())));
    require(probe.variable() == ProbeFolder::odd_value(),
            "a worker got another value of a variable: {}; expected {}", probe.variable(),
            ProbeFolder::odd_value());
    require(probe.home() == ProbeFolder::home(),
            "a variable that there is already keeps its value {}; expected the one that was given, "
            "{}",
            probe.home(), ProbeFolder::home());
    std::error_code error;
    require(
        std::filesystem::equivalent(probe.working_folder(), bench.folder().working_folder(), error),
        "the working folder of a worker is {}; expected {}", probe.working_folder(),
        bench.folder().working_folder().string());
  }
  return {};
}

std::string tied(Bench& bench) {
  if (bench.outlasts()) throw NotRun("they outlast it, as it says");
  const OneWorker worker(bench, "one");
  require(worker.probe.parent_variable() == std::to_string(::getpid()),
          "a worker lacks Work::ends_with_parent; without it, it goes on when this process is "
          "killed");
  require(worker.probe.parent() == std::to_string(::getpid()),
          "the parent of a worker is process {}, and not this one; such a worker ends at once",
          worker.probe.parent());
  return {};
}

std::string output_kept(Bench& bench) {
  if (!bench.outlasts()) throw NotRun("what they print may go where this process prints");
  const OneWorker worker(bench, "one");
  worker.probe.end();
  bench.require_ends(bench.launcher(), worker.id, "that has ended");
  const std::string name(bench.folder().work("one", 1, false).name);
  std::string all;
  for (const auto& entry : std::filesystem::directory_iterator(bench.folder().logs())) {
    if (!entry.path().filename().string().starts_with(name)) continue;
    std::ifstream file(entry.path());
    all.append(std::istreambuf_iterator<char>(file), {});
  }
  require(all.find(ProbeFolder::printed("one")) != std::string::npos,
          "what a worker prints is in no file of Work::logs whose name begins with Work::name");
  return {};
}

// Returns true if one of the launcher's descriptors tells that a worker has ended; nothing if it
// has none.
std::optional<bool> tells_end(const Handle& launcher) {
  std::vector<pollfd> files;
  const auto events = launcher.call([](Launcher& l) { return l.end_events(); });
  for (const int descriptor : events) files.push_back({descriptor, POLLIN, 0});
  if (files.empty()) return std::nullopt;
  return ::poll(files.data(), files.size(), 0) > 0;
}

std::string tells_states(Bench& bench) {
  const OneWorker first(bench, "first"), second(bench, "second");
  for (int i = 0; i < 3; ++i)
    for (const std::string& id : {first.id, second.id})
      bench.require_alive(bench.launcher(), id, "while it runs");
  require(tells_end(bench.launcher()) != true,
          "one of its end_events() is readable while all workers run");
  first.probe.end();
  bench.require_ends(bench.launcher(), first.id, "that has ended");
  require(first.probe.is_done(), "it says that a worker has ended before it has");
  bench.require_alive(bench.launcher(), second.id, "while it runs, when another one has ended");
  bench.require_ends(bench.launcher(), first.id, "that has ended, when it is asked once more");
  second.probe.end();
  bench.require_ends(bench.launcher(), second.id, "that has ended");
  return {};
}

std::string asks(Bench& bench) {
  const OneWorker first(bench, "first"), second(bench, "second");
  stop(bench.launcher(), first.id, SIGTERM);
  require(bench.wait_for([&] { return !first.probe.runs(); }),
          "a worker that it is to send SIGTERM goes on");
  require(first.probe.was_asked(),
          "a worker that it is to send SIGTERM ends without having got it, so that its run cannot "
          "save its state");
  bench.require_ends(bench.launcher(), first.id, "that ended when it was asked to");
  require(second.probe.runs(), "when one worker is sent SIGTERM, another one ends");
  return {};
}

std::string kills(Bench& bench) {
  const OneWorker first(bench, "first", ProbeFolder::At::never_end);
  stop(bench.launcher(), first.id, SIGKILL);
  bench.require_ends(bench.launcher(), first.id, "that it was to end by SIGKILL");
  require_nothing_left(bench, first.probe, "when it was ended by SIGKILL");
  const OneWorker second(bench, "second", ProbeFolder::At::never_end), third(bench, "third");
  stop(bench.launcher(), second.id, SIGKILL);
  bench.require_ends(bench.launcher(), second.id, "that it was to end by SIGKILL");
  require(third.probe.runs(), "when one worker is ended by SIGKILL, another one ends");
  return {};
}

std::string known_by_id(Bench& bench) {
  const OneWorker worker(bench, "one", ProbeFolder::At::never_end);
  const Handle other = bench.other();
  bench.require_alive(other, worker.id,
                      "that another object of the launcher started and that runs");
  stop(other, worker.id, SIGKILL);
  bench.require_ends(other, worker.id,
                     "that another object of the launcher started and that ended");
  require_nothing_left(bench, worker.probe, "when another object of the launcher ended it");
  bench.require_ends(bench.launcher(), worker.id, "that another object of the launcher ended");
  return {};
}

std::string destroyed(Bench& bench) {
  const OneWorker worker(bench, "one", ProbeFolder::At::never_end);
  const bool outlasts = bench.outlasts();
  const Handle other = bench.other();
  bench.destroy_launcher();
  if (!outlasts) {
    require(!worker.probe.runs(),
            "a worker goes on when the launcher is destroyed; its place() says that it does not");
    require(state_of(other, worker.id) != WorkerState::running,
            "it says that a worker runs that ended with the launcher that started it");
    return {};
  }
  require(worker.probe.runs(),
          "a worker ends when the launcher is destroyed; its place() says that it goes on");
  bench.require_alive(other, worker.id, "that goes on, when it is asked in another process");
  stop(other, worker.id, SIGKILL);
  bench.require_ends(other, worker.id, "that it was to end by SIGKILL");
  return {};
}

std::string nobodys_ids(Bench& bench) {
  const OneWorker worker(bench, "one");
  for (const std::string& id : {std::string("no worker has this id"), std::string("?"),
                                std::string(256, 'x'), std::string("Größe")}) {
    const WorkerState state = state_of(bench.launcher(), id);
    require(state == WorkerState::unknown || state == WorkerState::ended,
            "it says that the worker '{}', which there is not, is {}; expected unknown", id,
            name_of(state));
    stop(bench.launcher(), id, SIGTERM);
  }
  bench.launcher().call([](Launcher& l) { l.stop({}, SIGTERM); });
  require(worker.probe.runs(), "a worker ends when others are sent SIGTERM");
  worker.probe.end();
  bench.require_ends(bench.launcher(), worker.id, "that has ended");
  stop(bench.launcher(), worker.id, SIGTERM);
  return {};
}

std::string reports_failures(Bench& bench) {
  Work work = bench.folder().work("none", 1, !bench.outlasts());
  const std::string program = (bench.folder().working_folder() / "no such program").string();
  const std::string_view arguments[] = {program};
  work.arguments = arguments;
  plugin_host::WorkerIdList ids;
  try {
    bench.launcher().call([&](Launcher& l) { l.launch(work, ids); });
  } catch (const plugin_host::ComponentError& error) {
    return "refused: " + error.message();
  }
  require(!ids.ids.empty(),
          "a worker whose program there is not is neither refused nor given an id");
  bench.require_ends(bench.launcher(), ids.ids.front(), "whose program there is not");
  return "told by look()";
}

std::string finds(Bench& bench) {
  const OneWorker worker(bench, "one");
  const auto found = [&](const std::string& name) {
    plugin_host::WorkerIdList ids;
    bench.launcher().call([&](Launcher& l) { l.find(name, ids); });
    return ids.ids;
  };
  require(found("assay-check-another").empty(), "it finds workers of a launch that there was not");
  const Ids ids = found(std::string(bench.folder().work("one", 1, false).name));
  require(ids.empty() || ids == Ids{worker.id},
          "asked for a launch by its name, it gives {}; expected the worker {}, or none",
          base::listed(ids), worker.id);
  return ids.empty() ? "it cannot tell" : "it finds them";
}

std::string starts_many(Bench& bench) {
  constexpr std::int64_t many = 12;
  const std::size_t before = unreaped_children();
  const Ids ids = bench.launch("many", many);
  bench.begun("many", many);
  bench.folder().end_all();
  for (const std::string& id : ids) bench.require_ends(bench.launcher(), id, "that has ended");
  const std::size_t left = unreaped_children() - std::min(before, unreaped_children());
  require(left == 0, "it does not wait for {} of its {} processes that have ended (waitpid)", left,
          many);
  return {};
}

}  // namespace

Suite launcher_suite(const Subject& subject) {
  // Made when the first check needs it: no code of the component runs before that.
  const auto patience = std::make_shared<std::shared_ptr<Patience>>();
  const auto on_bench = [subject, patience](std::string (*check)(Bench&)) {
    return [subject, patience, check] {
      if (*patience == nullptr)
        *patience = std::make_shared<Patience>(place_of(subject.make<Launcher>()));
      Bench bench(subject, *patience);
      return check(bench);
    };
  };
  return {
      {"describes its place alike each time", [subject] { return describes_place(subject); }},
      {"starts what it is told", on_bench(starts)},
      {"starts many", on_bench(starts_many)},
      {"workers end with this process", on_bench(tied)},
      {"what workers print is kept", on_bench(output_kept)},
      {"tells who is alive", on_bench(tells_states)},
      {"asks a worker to end", on_bench(asks)},
      {"ends a worker with all around it", on_bench(kills)},
      {"knows workers by their ids", on_bench(known_by_id)},
      {"workers outlast it or end with it, as it says", on_bench(destroyed)},
      {"ids of nobody are harmless", on_bench(nobodys_ids)},
      {"a start that fails is reported", on_bench(reports_failures)},
      {"finds a launch by its name, or nothing", on_bench(finds)},
  };
}

}  // namespace assay::conformance
