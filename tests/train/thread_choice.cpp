#include "runner/train/thread_choice.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <functional>
#include <random>
#include <vector>

using assay::train::Stretch;
using assay::train::ThreadChoice;

namespace {

/// The cost of a step with this many threads, and the share of the time that a thread then waits.
struct Load {
  std::function<double(int threads)> step_seconds;
  std::function<double(int threads)> waiting;
};

// Runs simulated steps on a simulated machine, whose load may change, with realistic noise.
class Machine {
 public:
  explicit Machine(int most) : choice_(most) {}

  void run(const Load& load, double seconds) {
    steps_ = 0;
    seconds_ = thread_seconds_ = 0;
    while (seconds_ < seconds) {
      const int threads = choice_.threads();
      const double step = load.step_seconds(threads);
      const double noise = load.waiting(threads) > 0.05 ? 0.15 : 0.02;
      const auto steps =
          std::max<std::int64_t>(1, static_cast<std::int64_t>(choice_.stretch_seconds() / step));
      const double took = static_cast<double>(steps) * step *
                          std::uniform_real_distribution<double>(1 - noise, 1 + noise)(random_);
      choice_.take({steps, took, took * threads * load.waiting(threads)});
      steps_ += steps;
      seconds_ += took;
      thread_seconds_ += took * threads;
    }
  }

  double step_seconds() const { return seconds_ / static_cast<double>(steps_); }
  double mean_threads() const { return thread_seconds_ / seconds_; }

 private:
  ThreadChoice choice_;
  std::minstd_rand random_{1};
  std::int64_t steps_ = 0;
  double seconds_ = 0, thread_seconds_ = 0;
};

// Returns the load of a run alone on this many cores; `serial` is the part of the step that cannot
// be shared.
Load alone(double step, int cores, double serial = 0.05, double handing_out = 2e-6) {
  return {[=](int n) {
            return step * (serial + (1 - serial) / std::min(n, cores)) + (n > 1 ? handing_out : 0);
          },
          [](int) { return 0.0; }};
}

// Returns the load of a run beside `others` busy threads. Threads get equal shares of the cores,
// and a step ends when its last thread ends.
Load beside(int others, double step, int cores) {
  const auto share = [=](int n) { return std::min(1.0, double(cores) / (n + others)); };
  return {[=](int n) {
            return step * (0.05 + 0.95 / n) / share(n) * (n > 1 ? 1.1 : 1) + (n > 1 ? 10e-6 : 0);
          },
          [=](int n) { return 1 - share(n); }};
}

double best(const Load& load, int most) {
  double best = load.step_seconds(1);
  for (int n = 2; n <= most; ++n) best = std::min(best, load.step_seconds(n));
  return best;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(thread_choice)

BOOST_AUTO_TEST_CASE(one_thread_has_no_choice) {
  Machine machine(1);
  machine.run(alone(1e-3, 1), 1);
  BOOST_TEST(machine.mean_threads() == 1);
}

BOOST_AUTO_TEST_CASE(alone_on_the_machine_all_cores_work_and_trials_cost_next_to_nothing) {
  for (const int cores : {2, 4, 8, 16})
    for (const double step : {200e-6, 1e-3, 20e-3, 0.5}) {
      const Load load = alone(step, cores);
      Machine machine(cores);
      machine.run(load, 3);
      BOOST_TEST(machine.step_seconds() < 1.015 * load.step_seconds(cores),
                 "step of " << step << " s on " << cores << " cores");
    }
}

BOOST_AUTO_TEST_CASE(steps_too_short_to_share_are_done_by_one) {
  const Load load = alone(5e-6, 4, 0.05, 4e-6);
  Machine machine(4);
  machine.run(load, 0.5);
  BOOST_TEST(machine.mean_threads() < 1.1);
  BOOST_TEST(machine.step_seconds() < 1.02 * load.step_seconds(1));
}

BOOST_AUTO_TEST_CASE(short_steps_that_gain_by_it_are_shared) {
  const Load load = alone(25e-6, 2, 0.05, 0.1e-6);
  Machine machine(2);
  machine.run(load, 1);
  BOOST_TEST(machine.mean_threads() > 1.8);
}

BOOST_AUTO_TEST_CASE(beside_neighbours_it_comes_near_the_best_fixed_number) {
  for (const int cores : {2, 4})
    for (const int others : {1, 2})
      for (const double step : {10e-6, 400e-6, 10e-3}) {
        const Load load = beside(others, step, cores);
        Machine machine(cores);
        machine.run(load, 4);
        BOOST_TEST(best(load, cores) > 0.85 * machine.step_seconds(),
                   others << " beside a step of " << step << " s on " << cores << " cores");
      }
}

BOOST_AUTO_TEST_CASE(threads_that_only_hinder_are_given_up) {
  const Load slower{[](int n) { return n == 1 ? 400e-6 : 2e-3; },
                    [](int n) { return n == 1 ? 0.0 : 0.3; }};
  Machine machine(2);
  machine.run(slower, 2);
  BOOST_TEST(machine.step_seconds() < 1.25 * 400e-6);
}

BOOST_AUTO_TEST_CASE(it_follows_when_neighbours_come_and_go) {
  const Load quiet = alone(400e-6, 2);
  const Load busy{[](int n) { return n == 1 ? 420e-6 : 1.5e-3; },
                  [](int n) { return n == 1 ? 0.0 : 0.33; }};
  Machine machine(2);
  machine.run(quiet, 1);
  BOOST_TEST(machine.mean_threads() > 1.95);
  machine.run(busy, 2);
  BOOST_TEST(machine.mean_threads() < 1.4);
  machine.run(quiet, 6);
  machine.run(quiet, 1);
  BOOST_TEST(machine.mean_threads() > 1.9);
}

// Four runs on two cores: each alone would gain from a second thread, at the others' cost.
BOOST_AUTO_TEST_CASE(runs_side_by_side_do_not_take_cores_from_each_other) {
  std::vector<ThreadChoice> runs(4, ThreadChoice(2));
  std::vector<double> ends(4, 0);  // of the current stretch of a run
  double thread_seconds = 0, seconds = 0;
  for (double now = 0; now < 4; now += 1e-3) {
    int threads = 0;
    for (const ThreadChoice& run : runs) threads += run.threads();
    const double share = std::min(1.0, 2.0 / threads);
    for (std::size_t i = 0; i < runs.size(); ++i) {
      if (now > 1) thread_seconds += 1e-3 * runs[i].threads();
      if (now > 1) seconds += 1e-3;
      if (now < ends[i]) continue;
      const int n = runs[i].threads();
      const double length = runs[i].stretch_seconds();
      const auto steps = static_cast<std::int64_t>(length / (400e-6 / n / share)) + 1;
      runs[i].take({steps, length, length * n * (1 - share)});
      ends[i] = now + length;
    }
  }
  BOOST_TEST(thread_seconds / seconds < 1.2);
}

BOOST_AUTO_TEST_SUITE_END()
