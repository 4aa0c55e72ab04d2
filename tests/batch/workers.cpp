// The workers of a batch, with a launcher that starts none.
#include "runner/batch/workers.h"

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "assay/error.h"
#include "tests/support/bytes.h"
#include "tests/support/handle.h"
#include "tests/support/temporary_folder.h"

namespace batch = assay::batch;
using namespace assay;
using namespace assay::test;
using namespace std::chrono_literals;

namespace {

// A cluster: what is true of workers, whoever asks.
struct Cluster {
  LaunchPlace place{.outlasts_this_process = true, .look_every = 0};
  std::int64_t most = 100;   // workers of a launch
  bool says_failed = false;  // a launch reports an error although the workers are started
  bool is_silent = false;    // look() throws
  std::map<std::string, WorkerState, std::less<>> states;
  std::map<std::string, std::string> reasons;
  std::map<std::string, std::vector<std::string>, std::less<>> launches;  // by name
  std::string seen_at_launch;  // workers.json when launch() was called
  std::vector<std::string> stopped;
  std::vector<std::string> arguments, environment;
  std::string ends_with_parent;
  int looks = 0;
};

class OnCluster final : public Launcher {
 public:
  OnCluster(Cluster& cluster, std::filesystem::path file)
      : cluster_(cluster), file_(std::move(file)) {}
  LaunchPlace place() const override { return cluster_.place; }
  void launch(const Work& work, WorkerIds& started) override {
    cluster_.seen_at_launch = std::filesystem::exists(file_) ? read_file(file_) : "";
    cluster_.arguments.assign(work.arguments.begin(), work.arguments.end());
    cluster_.environment.assign(work.environment.begin(), work.environment.end());
    cluster_.ends_with_parent = work.ends_with_parent;
    std::vector<std::string>& ids = cluster_.launches[std::string(work.name)];
    for (std::int64_t i = 0; i < std::min(work.count, cluster_.most); ++i) {
      ids.push_back(std::to_string(cluster_.states.size()));
      cluster_.states[ids.back()] = WorkerState::running;
      if (!cluster_.says_failed) started.add(ids.back());
    }
    if (cluster_.says_failed || work.count > cluster_.most) throw Error("the cluster is busy");
  }
  void look(std::span<const std::string_view> ids, WorkerStates& states) override {
    ++cluster_.looks;
    if (cluster_.is_silent) throw Error("no answer");
    for (std::size_t i = 0; i < ids.size(); ++i)
      if (const auto state = cluster_.states.find(ids[i]); state != cluster_.states.end())
        states.set(i, state->second, cluster_.reasons[std::string(ids[i])]);
  }
  void stop(std::span<const std::string_view> ids, int signal) override {
    for (const std::string_view id : ids)
      cluster_.stopped.push_back(std::string(id) + " " + std::to_string(signal));
  }
  void find(std::string_view name, WorkerIds& found) override {
    const auto launch = cluster_.launches.find(name);
    if (launch == cluster_.launches.end()) return;
    for (const std::string& id : launch->second) found.add(id);
  }

 private:
  Cluster& cluster_;
  std::filesystem::path file_;
};

struct Fixture {
  Fixture() {
    made.name = "digits / more";
    made.folder = folder.path();
  }
  batch::Workers workers(std::vector<std::string> chosen = {}) {
    return {made, handle<Launcher>(std::make_unique<OnCluster>(cluster, file()), "cluster"),
            std::move(chosen), [this](const std::string& text) { warnings.push_back(text); }};
  }
  std::filesystem::path file() const { return folder / "workers.json"; }
  std::string written() const { return std::filesystem::exists(file()) ? read_file(file()) : ""; }
  void end_all() {
    for (auto& [id, state] : cluster.states) state = WorkerState::ended;
  }

  TemporaryFolder folder;
  batch::Batch made;
  Cluster cluster;
  std::vector<std::string> warnings;
};

const batch::WantedWorkers three{
    .count = 3, .arguments = {"work", "b"}, .environment = {"A=1"}, .each = {}};

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(workers)

BOOST_FIXTURE_TEST_CASE(a_launch_is_written_before_it_is_made_and_its_ids_after_it, Fixture) {
  batch::Workers all = workers();
  all.start(three);
  BOOST_TEST(all.size() == 3U);
  BOOST_TEST(cluster.arguments.size() == 3U);
  BOOST_TEST(cluster.arguments[0].starts_with('/'));
  BOOST_TEST(cluster.arguments[1] == "work");
  BOOST_TEST(cluster.environment == std::vector<std::string>{"A=1"},
             boost::test_tools::per_element());
  BOOST_TEST(cluster.ends_with_parent.empty());
  const std::string name = cluster.launches.begin()->first;
  BOOST_TEST(name.starts_with("assay-digits---more-"), name);
  BOOST_TEST(contains(cluster.seen_at_launch, name));
  BOOST_TEST(!contains(cluster.seen_at_launch, "ids"));
  BOOST_TEST(contains(written(), "\"ids\""));
  BOOST_TEST(!all.wait(0ms));
  end_all();
  BOOST_TEST(all.wait(0ms));
  BOOST_TEST(warnings.empty());
  BOOST_TEST(!contains(written(), name));
}

BOOST_FIXTURE_TEST_CASE(workers_that_end_with_this_process_are_not_written, Fixture) {
  cluster.place.outlasts_this_process = false;
  workers().start(three);
  BOOST_TEST(written().empty());
  BOOST_TEST(cluster.ends_with_parent.starts_with("ASSAY_PARENT="));
  workers({"cluster"}).start(three);
  BOOST_TEST(batch::last_choice_of_launcher(made) == std::vector<std::string>{"cluster"},
             boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(those_that_are_alive_are_taken_up, Fixture) {
  workers().start(three);
  cluster.states["0"] = WorkerState::ended;
  batch::Workers again = workers();
  again.take_up();
  BOOST_TEST(again.size() == 2U);
  again.start(three);
  BOOST_TEST(again.size() == 3U);
  BOOST_TEST(cluster.states.size() == 4U);
  cluster.states["1"] = WorkerState::waiting;
  batch::Workers third = workers();
  third.take_up();
  BOOST_TEST(third.size() == 3U);
  BOOST_TEST(warnings.empty());
}

BOOST_FIXTURE_TEST_CASE(a_launch_that_nobody_noted_is_found_by_its_name, Fixture) {
  workers().start(three);
  // As when this process is killed within launch().
  write_file(file(), cluster.seen_at_launch);
  batch::Workers again = workers();
  again.take_up();
  BOOST_TEST(again.size() == 3U);
}

BOOST_FIXTURE_TEST_CASE(of_whom_nothing_is_known_is_told_and_not_counted, Fixture) {
  workers().start(three);
  cluster.states.erase("1");
  batch::Workers again = workers();
  again.take_up();
  BOOST_TEST(again.size() == 2U);
  BOOST_TEST(warnings ==
                 std::vector<std::string>{
                     "of 1 earlier worker the launcher cluster knows nothing any more"},
             boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(a_worker_of_whom_nothing_is_known_is_waited_for, Fixture) {
  batch::Workers all = workers();
  all.start(three);
  cluster.states.erase("1");
  cluster.states["0"] = cluster.states["2"] = WorkerState::ended;
  BOOST_TEST(!all.wait(0ms));
  cluster.states["1"] = WorkerState::ended;
  BOOST_TEST(all.wait(0ms));
}

BOOST_FIXTURE_TEST_CASE(a_launcher_that_cannot_be_asked_is_told_once, Fixture) {
  batch::Workers all = workers();
  all.start(three);
  cluster.is_silent = true;
  BOOST_TEST(!all.wait(0ms));
  BOOST_TEST(!all.wait(0ms));
  BOOST_TEST(warnings == std::vector<std::string>{"launcher cluster: no answer"},
             boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(none_are_started_beside_those_that_cannot_be_asked_for, Fixture) {
  workers().start(three);
  const std::string before = written();
  cluster.is_silent = true;
  batch::Workers again = workers();
  BOOST_CHECK_EXCEPTION(again.take_up(), Error, [](const Error& error) {
    return contains(error.what(), "launcher cluster: it cannot be asked which of its workers");
  });
  BOOST_TEST(written() == before);
}

BOOST_FIXTURE_TEST_CASE(what_a_failed_launch_started_stays, Fixture) {
  cluster.most = 2;
  batch::Workers all = workers();
  all.start(three);
  BOOST_TEST(all.size() == 2U);
  BOOST_TEST(warnings ==
                 std::vector<std::string>{
                     "launcher cluster: the cluster is busy; the batch goes on with 2 workers"},
             boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(a_launch_that_is_reported_as_failed_may_have_been_made, Fixture) {
  cluster.says_failed = true;
  batch::Workers all = workers();
  all.start(three);
  BOOST_TEST(all.size() == 3U);
  BOOST_TEST(warnings.size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_launch_of_nobody_is_an_error, Fixture) {
  cluster.most = 0;
  batch::Workers all = workers();
  BOOST_CHECK_EXCEPTION(all.start(three), Error, [](const Error& error) {
    return std::string(error.what()) == "launcher cluster: the cluster is busy";
  });
}

BOOST_FIXTURE_TEST_CASE(an_odd_end_is_told_unless_it_was_asked_for, Fixture) {
  batch::Workers all = workers();
  all.start(three);
  cluster.states["0"] = WorkerState::ended;
  cluster.reasons["0"] = "NODE_FAIL";
  BOOST_TEST(!all.wait(0ms));
  BOOST_TEST(warnings == std::vector<std::string>{"a worker (0) has ended: NODE_FAIL"},
             boost::test_tools::per_element());
  all.stop(SIGTERM);
  BOOST_TEST(cluster.stopped == (std::vector<std::string>{"1 15", "2 15"}),
             boost::test_tools::per_element());
  cluster.reasons["1"] = "CANCELLED";
  end_all();
  BOOST_TEST(all.wait(0ms));
  BOOST_TEST(warnings.size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_launcher_is_not_asked_more_often_than_it_wants, Fixture) {
  cluster.place.look_every = 3600;
  batch::Workers all = workers();
  all.start(three);
  BOOST_TEST(!all.wait(0ms));
  BOOST_TEST(cluster.looks == 1);
  BOOST_TEST(!all.wait(0ms));
  BOOST_TEST(cluster.looks == 1);
}

BOOST_FIXTURE_TEST_CASE(workers_of_another_launcher_are_told, Fixture) {
  workers().start(three);
  const batch::Workers other(
      made, handle<Launcher>(std::make_unique<OnCluster>(cluster, file()), "other"), {},
      [this](const std::string& text) { warnings.push_back(text); });
  BOOST_TEST(
      warnings ==
          std::vector<std::string>{
              "workers that the launcher cluster started may still be at work; this one is other"},
      boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(a_damaged_file_and_an_impossible_place_are_errors, Fixture) {
  write_file(file(), "{\"format\": 1");
  BOOST_CHECK_EXCEPTION(workers(), Error, [](const Error& error) {
    return contains(error.what(), "workers.json: it is damaged");
  });
  std::filesystem::remove(file());
  cluster.place.look_every = -1;
  BOOST_CHECK_EXCEPTION(workers(), Error, [](const Error& error) {
    return contains(error.what(), "launcher cluster: its place() says to look every -1 s");
  });
}

BOOST_AUTO_TEST_SUITE_END()
