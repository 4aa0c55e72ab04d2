// Checks that each promise that a launcher breaks is detected, as tests/conformance/unsound.cpp
// does for the other kinds. A check that waits in vain takes seconds, so each launcher is tried
// with the check that must fail only.
#define BOOST_TEST_MODULE unsound_launchers
#include <boost/test/unit_test.hpp>
#include <map>
#include <set>
#include <string>

#include "tests/conformance/run_suite.h"

using namespace assay;
using namespace assay::test;
using conformance::Verdict;

namespace {

struct Broken {
  std::string check;  ///< the check that must fail
  std::string text;   ///< a part of its message
};

const std::map<std::string, Broken> expected = {
    {"other_place", {"describes its place alike each time", "its place() is another when it is"}},
    {"joins_arguments", {"starts what it is told", "a worker got other arguments: two, words"}},
    {"drops_a_variable", {"starts what it is told", "a worker got another value of a variable: ;"}},
    {"prefers_own_variables", {"starts what it is told", "a variable that there is already keeps"}},
    {"stays_in_folder", {"starts what it is told", "the working folder of a worker is /;"}},
    {"starts_one_less", {"starts what it is told", "to start 2 workers, and 1 of them began"}},
    {"starts_one_more", {"starts what it is told", "it was told to start 2 workers, and 3 began"}},
    {"same_id", {"starts what it is told", "it gives two workers the id "}},
    {"leaves_zombies", {"starts many", "it does not wait for 12 of its 12 processes"}},
    {"forgets_parent",
     {"workers end with this process", "a worker lacks Work::ends_with_parent; without it"}},
    {"through_a_shell", {"workers end with this process", "the parent of a worker is process "}},
    {"loses_output", {"what workers print is kept", "is in no file of Work::logs whose name"}},
    {"says_ended", {"tells who is alive", "it says that a worker is ended while it runs"}},
    {"says_running", {"tells who is alive", "it says that a worker is running that has ended"}},
    {"ends_all_with_one",
     {"tells who is alive", "a worker is ended while it runs, when another one has ended"}},
    {"wakes_always", {"tells who is alive", "end_events() is readable while all workers run"}},
    {"stops_nobody", {"asks a worker to end", "that it is to send SIGTERM goes on"}},
    {"stops_all", {"asks a worker to end", "when one worker is sent SIGTERM, another one ends"}},
    {"kills_at_once", {"asks a worker to end", "so that its run cannot save its state"}},
    {"asks_only",
     {"ends a worker with all around it", "a worker is running that it was to end by SIGKILL"}},
    {"kills_the_shell",
     {"ends a worker with all around it", "a worker goes on when it was ended by SIGKILL"}},
    {"leaves_a_process",
     {"ends a worker with all around it",
      "it leaves a process running when it was ended by SIGKILL"}},
    {"knows_its_own_only",
     {"knows workers by their ids", "a worker is unknown that another object of the launcher"}},
    {"leaves_workers",
     {"workers outlast it or end with it, as it says", "goes on when the launcher is destroyed"}},
    {"ends_lasting",
     {"workers outlast it or end with it, as it says", "ends when the launcher is destroyed"}},
    {"throws_for_nobody", {"ids of nobody are harmless", "there is no such worker"}},
    {"says_nobody_runs",
     {"ids of nobody are harmless", "the worker 'no worker has this id', which there is not, is"}},
    {"hides_failures",
     {"a start that fails is reported", "a worker is running whose program there is not"}},
    {"finds_all",
     {"finds a launch by its name, or nothing", "it finds workers of a launch that there was not"}},
};

}  // namespace

BOOST_AUTO_TEST_CASE(every_broken_promise_is_found) {
  const std::filesystem::path library = unsound("launchers");
  plugin_host::PluginHost host({library}, plugin_host::cpu_instruction_set());
  std::set<std::string> found, sound;
  std::set<std::string> checks;
  for (const conformance::Step& step : conformance::steps(library, host, {}, {})) {
    const std::string name = step.subject.substr(step.subject.find(' ') + 1);
    const auto broken = expected.find(name);
    if (broken == expected.end()) {
      BOOST_TEST(name.starts_with("sound"), name);
      sound.insert(name);
      checks.insert(step.check.name);
      const conformance::StepOutcome outcome = conformance::attempt(step.check);
      BOOST_TEST((outcome.verdict != Verdict::failed),
                 name << ": " << step.check.name << ": " << outcome.text);
    } else if (step.check.name == broken->second.check) {
      found.insert(name);
      const conformance::StepOutcome outcome = conformance::attempt(step.check);
      BOOST_TEST((outcome.verdict == Verdict::failed),
                 name << " passes '" << step.check.name << "'");
      BOOST_TEST(outcome.text.find(broken->second.text) != std::string::npos,
                 name << ": '" << broken->second.text << "' is not in: " << outcome.text);
    }
  }
  BOOST_TEST(sound.size() == 2U);
  BOOST_TEST(found.size() == expected.size());
  // Each check is broken once.
  for (const auto& [name, broken] : expected) checks.erase(broken.check);
  checks.erase("options are documented");
  checks.erase(conformance::making_step);
  for (const std::string& check : checks) BOOST_TEST(false, check << ": none breaks this promise");
}
