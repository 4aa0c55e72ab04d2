#include "runner/train/thread_team.h"

#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <filesystem>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using assay::train::TaskCounter;
using assay::train::ThreadTeam;

namespace {

// A signal handler that delays the thread that it interrupts, wherever that is, as the scheduler of
// a busy machine does.
extern "C" void stay_away(int) {
  const timespec a_while{0, 300'000};
  nanosleep(&a_while, nullptr);
}

std::vector<pid_t> threads_of_this_process() {
  std::vector<pid_t> threads;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task"))
    threads.push_back(std::stoi(entry.path().filename().string()));
  return threads;
}

// Delays all existing threads except the calling one at random moments until it is destroyed.
class BusyMachine {
 public:
  BusyMachine() : threads_(threads_of_this_process()) {
    struct sigaction action {};
    action.sa_handler = stay_away;
    action.sa_flags = SA_RESTART;
    sigaction(SIGUSR1, &action, nullptr);
    std::erase(threads_, static_cast<pid_t>(gettid()));
    disturber_ = std::jthread([this](const std::stop_token& stop) { disturb(stop); });
  }
  ~BusyMachine() {
    disturber_.request_stop();
    disturber_.join();
    signal(SIGUSR1, SIG_IGN);  // a pending one must not end the process
  }

 private:
  void disturb(const std::stop_token& stop) {
    std::minstd_rand random(1);
    while (!stop.stop_requested()) {
      syscall(SYS_tgkill, getpid(), threads_[random() % threads_.size()], SIGUSR1);
      const timespec a_moment{0, static_cast<long>(random() % 100'000)};
      nanosleep(&a_moment, nullptr);
    }
  }

  std::vector<pid_t> threads_;
  std::jthread disturber_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(thread_team)

BOOST_AUTO_TEST_CASE(a_late_thread_gets_no_task_of_a_round_that_is_over) {
  TaskCounter counter;
  BOOST_TEST(!counter.has_task());
  counter.open(2);
  BOOST_TEST(counter.has_task());
  BOOST_TEST(counter.take().value() == 0);
  BOOST_TEST(counter.take().value() == 1);
  // Another thread saw a task, was delayed, and comes when all are taken ...
  BOOST_TEST(!counter.has_task());
  BOOST_TEST(!counter.take());
  // ... or when the next round is open: then it gets a task of that round, and nobody else gets the
  // same.
  counter.open(3);
  for (int expected = 0; expected < 3; ++expected) BOOST_TEST(counter.take().value() == expected);
  BOOST_TEST(!counter.take());
}

BOOST_AUTO_TEST_CASE(rounds_and_tasks_do_not_run_into_each_other) {
  TaskCounter counter;
  for (int round = 0; round < 70'000; ++round) {  // more rounds than the counter can number
    counter.open(1);
    BOOST_REQUIRE(counter.take().value() == 0);
    for (int thread = 0; thread < 5; ++thread) BOOST_REQUIRE(!counter.take());
  }
  counter.open(TaskCounter::most_tasks);
  for (std::int64_t i = 0; i < TaskCounter::most_tasks; ++i)
    if (counter.take().value_or(-1) != i) BOOST_FAIL("task " << i << " is missing");
  for (int thread = 0; thread < 1024; ++thread) BOOST_REQUIRE(!counter.take());
  counter.open(1);
  BOOST_TEST(counter.take().value() == 0);
}

// Each task belongs to the open round: it knows the round's number, and its results are visible
// when run() returns.
BOOST_AUTO_TEST_CASE(threads_that_are_kept_away_do_no_harm) {
  for (const int threads : {2, 4, 8}) {
    ThreadTeam team(threads);
    const BusyMachine machine;
    std::minstd_rand random(7);
    std::vector<int> runs(23);
    for (int round = 1; round <= 3000; ++round) {
      if (round % 50 == 0) team.use(1 + static_cast<int>(random() % 8));
      const auto tasks = static_cast<std::size_t>(random() % (runs.size() + 1));
      std::ranges::fill(runs, 0);
      team.run(static_cast<std::int64_t>(tasks), [&, round](std::int64_t index, int) {
        runs[static_cast<std::size_t>(index)] += round;
      });
      for (std::size_t i = 0; i < runs.size(); ++i)
        BOOST_REQUIRE(runs[i] == (i < tasks ? round : 0));
    }
  }
}

// run() does not wait for a worker without a task: here such a worker is stopped for longer than
// the test allows for thousands of rounds.
BOOST_AUTO_TEST_CASE(a_worker_without_a_task_is_not_waited_for) {
  static std::atomic<bool> may_go_on;
  static std::atomic<int> held;
  may_go_on = false;
  held = 0;
  ThreadTeam team(3);
  struct sigaction action {};
  action.sa_handler = [](int) {
    ++held;
    while (!may_go_on) {
      const timespec a_while{0, 1'000'000};
      nanosleep(&a_while, nullptr);
    }
  };
  sigaction(SIGUSR2, &action, nullptr);
  for (const pid_t thread : threads_of_this_process())
    if (thread != gettid()) syscall(SYS_tgkill, getpid(), thread, SIGUSR2);
  while (held < 2) std::this_thread::yield();
  std::int64_t done = 0;  // by this thread alone, since the others are held
  for (int round = 0; round < 10'000; ++round)
    team.run(5, [&](std::int64_t, int worker) { done += worker == 0 ? 1 : 0; });
  BOOST_TEST(done == 50'000);
  may_go_on = true;
  std::atomic<int> after = 0;
  for (int round = 0; round < 1000; ++round) team.run(5, [&](std::int64_t, int) { ++after; });
  BOOST_TEST(after == 5000);
  signal(SIGUSR2, SIG_IGN);
}

BOOST_AUTO_TEST_CASE(as_many_work_as_are_in_use) {
  ThreadTeam team(4);
  BOOST_TEST(team.in_use() == 4);
  for (const int used : {1, 3, 2, 4, 1}) {
    team.use(used);
    BOOST_TEST(team.in_use() == used);
    std::atomic<int> highest = 0;
    for (int round = 0; round < 200; ++round)
      team.run(16, [&](std::int64_t, int worker) {
        for (int seen = highest; worker > seen && !highest.compare_exchange_weak(seen, worker);) {
        }
        std::this_thread::yield();
      });
    BOOST_TEST(highest < used);
  }
  team.use(0);
  BOOST_TEST(team.in_use() == 1);
  team.use(100);
  BOOST_TEST(team.in_use() == 4);
}

BOOST_AUTO_TEST_CASE(what_the_system_does_not_give_is_done_without) {
  if (getuid() == 0) {
    BOOST_TEST_MESSAGE("skipped: the limit on threads does not bind root");
    return;
  }
  rlimit before{};
  getrlimit(RLIMIT_NPROC, &before);
  const rlimit none{1, before.rlim_max};
  setrlimit(RLIMIT_NPROC, &none);
  ThreadTeam team(4);
  setrlimit(RLIMIT_NPROC, &before);
  BOOST_TEST(team.size() == 1);
  BOOST_TEST(team.shortfall().find("3 of 4 threads could not be started") != std::string::npos);
  int done = 0;
  team.run(10, [&](std::int64_t, int) { ++done; });
  BOOST_TEST(done == 10);
}

BOOST_AUTO_TEST_CASE(waiting_for_a_core_is_counted) {
  ThreadTeam team(2);
  const auto before = team.waited_for_cores();
  if (!before) {
    BOOST_TEST_MESSAGE("skipped: this kernel does not tell how long a thread waits for a core");
    return;
  }
  // Two threads share one core: while one works, the other waits.
  cpu_set_t all, one;
  sched_getaffinity(0, sizeof all, &all);
  CPU_ZERO(&one);
  for (int core = 0; core < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++core)
    if (CPU_ISSET(core, &all)) CPU_SET(core, &one);
  for (const pid_t thread : threads_of_this_process()) sched_setaffinity(thread, sizeof one, &one);
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(200);
  std::atomic<int> waiting = 0;
  team.run(2, [&](std::int64_t, int) {
    ++waiting;
    while (std::chrono::steady_clock::now() < end || waiting < 2) {
    }
  });
  for (const pid_t thread : threads_of_this_process()) sched_setaffinity(thread, sizeof all, &all);
  BOOST_TEST(*team.waited_for_cores() - *before > 0.05);
}

// The results of a task are visible when run() returns, so there are no atomics here.
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
  // Each task waits for the other two, so one thread alone would wait forever.
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

BOOST_AUTO_TEST_SUITE_END()
