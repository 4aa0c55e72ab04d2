#include "runner/train/thread_team.h"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <stdexcept>
#include <thread>
#include <vector>

using assay::train::available_cores;
using assay::train::ThreadTeam;

BOOST_AUTO_TEST_SUITE(thread_team)

// What a task writes is there when run() returns: no atomics here.
BOOST_AUTO_TEST_CASE(every_task_runs_once_in_thousands_of_rounds) {
  for (int threads = 1; threads <= 4; ++threads) {
    ThreadTeam team(threads);
    BOOST_TEST(team.size() == threads);
    std::vector<int> runs(17);
    for (int round = 1; round <= 2000; ++round) {
      const auto tasks = static_cast<std::size_t>(round % 18);
      std::ranges::fill(runs, 0);
      team.run(static_cast<std::int64_t>(tasks),
               [&](std::int64_t index, int) { runs[static_cast<std::size_t>(index)] += round; });
      for (std::size_t i = 0; i < runs.size(); ++i)
        BOOST_REQUIRE(runs[i] == (i < tasks ? round : 0));
    }
  }
}

BOOST_AUTO_TEST_CASE(no_two_tasks_share_a_worker_at_a_time) {
  for (int threads = 1; threads <= 4; ++threads) {
    ThreadTeam team(threads);
    std::vector<std::atomic<int>> busy(static_cast<std::size_t>(threads));
    std::atomic<int> shared = 0, outside = 0;
    for (int round = 0; round < 500; ++round)
      team.run(8, [&](std::int64_t, int worker) {
        if (worker < 0 || worker >= threads) {
          ++outside;
          return;
        }
        auto& mine = busy[static_cast<std::size_t>(worker)];
        if (mine.exchange(1) != 0) ++shared;
        std::this_thread::yield();
        mine.store(0);
      });
    BOOST_TEST(shared == 0);
    BOOST_TEST(outside == 0);
  }
}

BOOST_AUTO_TEST_CASE(work_is_shared) {
  ThreadTeam team(3);
  std::atomic<int> waiting = 0;
  // Each task waits for the other two: one thread alone would wait for ever.
  team.run(3, [&](std::int64_t, int) {
    ++waiting;
    waiting.notify_all();
    for (int n; (n = waiting.load()) < 3;) waiting.wait(n);
  });
  BOOST_TEST(waiting == 3);
}

BOOST_AUTO_TEST_CASE(an_exception_comes_back_and_the_team_goes_on) {
  for (int threads = 1; threads <= 4; ++threads) {
    ThreadTeam team(threads);
    for (int round = 0; round < 100; ++round) {
      std::atomic<int> done = 0;
      try {
        team.run(10, [&](std::int64_t index, int) {
          ++done;
          if (index == 7) throw std::runtime_error("task 7");
        });
        BOOST_ERROR("nothing thrown");
      } catch (const std::runtime_error& error) {
        BOOST_TEST(error.what() == "task 7");
      }
      BOOST_TEST(done == 10);
      team.run(10, [&](std::int64_t, int) { ++done; });
      BOOST_TEST(done == 20);
    }
  }
}

BOOST_AUTO_TEST_CASE(one_of_many_exceptions_comes_back) {
  ThreadTeam team(4);
  BOOST_CHECK_THROW(team.run(20, [](std::int64_t, int) { throw std::runtime_error("x"); }),
                    std::runtime_error);
  team.run(20, [](std::int64_t, int) {});
}

BOOST_AUTO_TEST_CASE(a_team_ends_whether_it_worked_or_sleeps) {
  for (int i = 0; i < 50; ++i) {
    ThreadTeam idle(4);
    ThreadTeam team(3);
    team.run(i % 4, [](std::int64_t, int) {});
  }
}

BOOST_AUTO_TEST_CASE(cores_are_counted) { BOOST_TEST(available_cores() >= 1); }

BOOST_AUTO_TEST_SUITE_END()
