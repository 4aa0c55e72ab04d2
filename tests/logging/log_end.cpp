// The end of a log, and what the log does after a failure.
#include <pthread.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <filesystem>
#include <latch>
#include <new>
#include <string>
#include <thread>

#include "assay/error.h"
#include "tests/logging/log_of_a_run.h"

using namespace assay;
using namespace assay::test;
using namespace std::chrono_literals;
using logging::Log;
using logging::Loggers;

namespace {

// While it lives, no thread can be started, even by root: stacks are larger than the address space,
// which gives the same error as the limit on threads.
struct NoThreads {
  NoThreads() {
    pthread_attr_t attributes;
    pthread_getattr_default_np(&attributes);
    pthread_attr_getstacksize(&attributes, &stack);
    pthread_attr_setstacksize(&attributes, std::size_t{1} << 46);
    pthread_setattr_default_np(&attributes);
    pthread_attr_destroy(&attributes);
  }
  ~NoThreads() {
    pthread_attr_t attributes;
    pthread_getattr_default_np(&attributes);
    pthread_attr_setstacksize(&attributes, stack);
    pthread_setattr_default_np(&attributes);
    pthread_attr_destroy(&attributes);
  }
  NoThreads(const NoThreads&) = delete;
  NoThreads& operator=(const NoThreads&) = delete;
  std::size_t stack = 0;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(end_of_a_log, LogOfARun)

BOOST_AUTO_TEST_CASE(a_stopped_run_drops_pictures_and_keeps_everything_else) {
  Told told;
  // The first picture is being drawn when the signal comes.
  std::latch first_came(1), signal_came(1);
  add(told, "slow", [&](std::size_t number) {
    if (number != 0) return;
    first_came.count_down();
    signal_came.wait();
  });
  Log& log = start();
  log.picture("Sheet", picture(0));
  first_came.wait();
  for (int i = 1; i <= 100; ++i) {
    log.scalar("Loss", i, i);
    log.picture("Sheet", picture(i == 13 ? 14 : i, {PictureFormat::svg}));
    log.record("Note", i, Text{"text"});
  }
  stop = 15;
  signal_came.count_down();
  log.picture("Sheet", picture(101));
  log.finish(Outcome::stopped);
  BOOST_TEST(log.dropped_pictures() == 101U);
  BOOST_TEST(told.records.size() == 201U);
  BOOST_TEST(std::ranges::count(told.records, "Sheet", &Told::Record::tag) == 1);
  BOOST_TEST(told.calls.back() == "close stopped");
  BOOST_TEST(!std::filesystem::exists(folder / "1 Sheet.svg"));
  BOOST_TEST(log.failures().empty());
}

BOOST_AUTO_TEST_CASE(the_end_tells_that_it_waits_for_pictures) {
  Told told;
  add(told, "slow", [this](std::size_t number) {
    // Waits long enough for the end to send its notice; the minute is for the case that it never
    // does.
    for (int i = 0; number == 0 && i < 6000 && drawing == 0; ++i) std::this_thread::sleep_for(10ms);
  });
  Log& log = start();
  for (int i = 0; i < 3; ++i) log.picture("Sheet", picture(i));
  log.finish(Outcome::finished);
  BOOST_TEST(drawing == 3U);
  BOOST_TEST(told.records.size() == 3U);
  BOOST_TEST(log.dropped_pictures() == 0U);
}

// Training is over while the first picture is drawn, and each of them takes longer than a tick.
BOOST_AUTO_TEST_CASE(drawing_after_training_is_no_progress_of_it) {
  Told told;
  std::latch first_came(1), is_trained(1);
  add(told, "slow", [&](std::size_t number) {
    if (number == 0) {
      first_came.count_down();
      is_trained.wait();
    }
    std::this_thread::sleep_for(300ms);
  });
  Log& log = start();
  for (int i = 0; i < 4; ++i) log.picture("Sheet", picture(i));
  log.progress(999, 1);
  first_came.wait();
  log.progress(1000, 1);
  std::thread training([&] { log.finish(Outcome::finished); });
  std::this_thread::sleep_for(100ms);  // within which training says that it is over
  is_trained.count_down();
  training.join();
  BOOST_REQUIRE(!told.progress.empty());
  BOOST_TEST(std::ranges::count(told.progress, 1000, &Progress::step) == 1);
  BOOST_TEST(told.progress.back().step == 1000);
  const std::vector<std::size_t> fewer = {2, 1};
  BOOST_TEST(left == fewer, boost::test_tools::per_element());
}

// A report that throws stands for whatever goes wrong on the logging thread, such as no memory.
BOOST_AUTO_TEST_CASE(what_is_thrown_on_the_logging_thread_ends_nothing) {
  Told bad, good;
  add(bad, "bad", [](std::size_t number) {
    if (number == 1) throw Error("disk full");
  });
  add(good, "good");
  logging::RunInfo info;
  Log log(Loggers(std::move(named), info, terminal,
                  [](const std::string& message) {
                    if (message.starts_with("logger bad")) throw std::bad_alloc();
                  }),
          {}, {});
  for (int i = 0; i < 10; ++i) log.scalar("Loss", i, i);
  log.finish(Outcome::finished);
  BOOST_REQUIRE(log.failures().size() == 2U);
  BOOST_TEST(log.failures()[0].starts_with("logger bad: disk full"));
  BOOST_TEST(log.failures()[1] == "logging: std::bad_alloc; records may be missing");
  BOOST_TEST(good.records.size() == 9U);
  BOOST_TEST(good.calls.back() == "close finished");
}

BOOST_AUTO_TEST_CASE(without_a_thread_the_caller_writes) {
  const std::thread::id caller = std::this_thread::get_id();
  Told told;
  add(told, "fake", [&](std::size_t) {
    if (std::this_thread::get_id() != caller) throw Error("another thread");
  });
  Log* log = nullptr;
  {
    const NoThreads no_threads;
    log = &start({.records = 2});
  }
  BOOST_REQUIRE(warnings.size() == 1U);
  BOOST_TEST(warnings[0].starts_with(
                 "the thread that writes the logs could not be started: memory ran out: "),
             warnings[0]);
  BOOST_TEST(warnings[0].ends_with(" MB of a thread's stack are left; training writes them itself, "
                                   "which may slow it down"),
             warnings[0]);
  for (int i = 0; i < 10; ++i) {
    log->scalar("Loss", i, i);
    log->picture("Sheet", picture(i));
    log->progress(i, 0);
    BOOST_TEST(told.records.size() == static_cast<std::size_t>(2 * i + 2));
  }
  stop = 2;
  log->picture("Sheet", picture(11));
  log->finish(Outcome::stopped);
  BOOST_TEST(log->dropped_pictures() == 1U);
  BOOST_TEST(told.calls.front() == "open");
  BOOST_TEST(told.calls.back() == "close stopped");
  BOOST_TEST(told.progress.back().step == 9);
  BOOST_TEST(log->failures().empty());
}

BOOST_AUTO_TEST_SUITE_END()
