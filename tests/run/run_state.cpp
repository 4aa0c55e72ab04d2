#include <sys/stat.h>

#include <boost/test/unit_test.hpp>

#include "runner/run/run_record.h"
#include "tests/base/error_of.h"
#include "tests/support/bytes.h"
#include "tests/support/temporary_folder.h"

using namespace assay::run;
using namespace assay::test;
using assay::base::Sync;

namespace {

RunRecord record(std::string state) {
  RunRecord r;
  r.state = std::move(state);
  r.steps = 12;
  r.total_steps = 30;
  return r;
}

struct Run : TemporaryFolder {
  std::string name = *this / "run";
  void write(const RunFolder& folder, const RunRecord& record) const {
    BOOST_TEST(RecordFile(folder.folder()).write(record, Sync::later));
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(run_state, Run)

BOOST_AUTO_TEST_CASE(a_run_lives_as_long_as_it_holds_the_lock) {
  {
    const auto folder = RunFolder::create(name, {});
    write(folder, record("running"));
    const RunState alive = read_run_state(name);
    BOOST_TEST(alive.record.state == "running");
    BOOST_TEST(alive.record.steps == 12);
    BOOST_TEST(alive.record.total_steps == 30);
    BOOST_TEST(alive.record.updated.ends_with("Z"));
    BOOST_CHECK(alive.lock == Lock::held);
  }
  const RunState dead = read_run_state(name);
  BOOST_TEST(dead.record.state == "running");
  BOOST_CHECK(dead.lock == Lock::free);
}

BOOST_AUTO_TEST_CASE(without_locks_nobody_knows) {
  const auto folder = RunFolder::create(name, {});
  RunRecord unlocked = record("running");
  unlocked.locked = false;
  write(folder, unlocked);
  BOOST_CHECK(read_run_state(name).lock == Lock::unknown);
}

BOOST_AUTO_TEST_CASE(what_is_no_record_is_an_error_with_its_path) {
  std::filesystem::create_directory(name);
  const std::string file = name + "/run.json";
  BOOST_TEST(error_of([&] { read_run_state(name); }) ==
             file + ": cannot be read: No such file or directory");
  for (const char* text : {"", "{", "[]", R"({"state": 1})", R"({"state": "running"})"}) {
    write_file(file, text);
    BOOST_TEST(error_of([&] { read_run_state(name); }).starts_with(file + ": this is not a record"));
  }
  std::filesystem::remove(file);
  BOOST_TEST(mkfifo(file.c_str(), 0600) == 0);
  BOOST_TEST(error_of([&] { read_run_state(name); }) ==
             file + ": cannot be read: expected a file, found a pipe");
}

BOOST_AUTO_TEST_SUITE_END()
