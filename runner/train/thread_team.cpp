#include "runner/train/thread_team.h"

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "assay/number_text.h"
#include "runner/base/start_failure.h"

namespace assay::train {
namespace {

using Clock = std::chrono::steady_clock;

// Rounds follow each other within microseconds, so a thread polls for this long before it sleeps.
constexpr auto patience = std::chrono::microseconds(50);
constexpr int looks_per_clock = 32;
// The caller yields this many times before it sleeps: a worker with a task may be waiting for this
// very core.
constexpr int yields = 16;

void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// Returns true as soon as come() does, and false when `patience` has passed.
template <class Come>
bool look_for(Come&& come) {
  const auto end = Clock::now() + patience;
  do {
    for (int i = 0; i < looks_per_clock; ++i) {
      if (come()) return true;
      relax();
    }
  } while (Clock::now() < end);
  return false;
}

}  // namespace

void TaskCounter::open(std::int64_t tasks) {
  const std::uint64_t round = (state_.load(std::memory_order_relaxed) >> (2 * bits)) + 1;
  state_.store(round << (2 * bits) | static_cast<std::uint64_t>(tasks) << bits,
               std::memory_order_seq_cst);
}

// Returns the next task. A thread adds one beyond the last task at most once for each has_task()
// that it has seen, so the next task cannot overflow into the bits of the number of tasks.
std::optional<std::int64_t> TaskCounter::take() {
  const std::uint64_t state = state_.fetch_add(1, std::memory_order_acquire);
  if (!has_task(state)) return std::nullopt;
  return static_cast<std::int64_t>(state & mask);
}

ThreadTeam::ThreadTeam(int threads) {
  try {
    for (int number = 1; number < threads; ++number) {
      Worker& worker = workers_.emplace_back();
      worker.thread = std::thread([this, &worker, number] { work(worker, number); });
    }
  } catch (const std::system_error& error) {
    workers_.pop_back();
    shortfall_ = base::start_failure(
        fmt::format("{} of {}", grouped(threads - size()), counted(threads, "thread")),
        error.code().value());
  } catch (...) {
    if (!workers_.empty() && !workers_.back().thread.joinable()) workers_.pop_back();
    stop();
    throw;
  }
  use(size());
}

ThreadTeam::~ThreadTeam() { stop(); }

void ThreadTeam::use(int threads) {
  in_use_.store(std::clamp(threads, 1, size()), std::memory_order_relaxed);
}

std::optional<double> ThreadTeam::waited_for_cores() const {
  std::optional<double> sum = core_wait_.seconds();
  for (const Worker& worker : workers_)
    if (sum && worker.started.load(std::memory_order_acquire))
      *sum += worker.core_wait->seconds().value_or(0);
  return sum;
}

void ThreadTeam::stop() {
  stop_.store(true, std::memory_order_seq_cst);
  for (Worker& worker : workers_) {
    worker.asleep.store(0, std::memory_order_seq_cst);
    worker.asleep.notify_one();
    worker.thread.join();
  }
}

void ThreadTeam::run(std::int64_t tasks, Call call, void* context) {
  if (tasks > TaskCounter::most_tasks) throw std::length_error("too many tasks in one round");
  if (tasks <= 1 || in_use() == 1) {
    run_alone(tasks, call, context);
  } else {
    call_ = call;
    context_ = context;
    done_.store(0, std::memory_order_relaxed);
    counter_.open(tasks);
    wake(tasks - 1);
    const std::int64_t mine = take_tasks(0);
    if (done_.fetch_add(mine, std::memory_order_acq_rel) + mine != tasks) wait_for_others(tasks);
  }
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

void ThreadTeam::run_alone(std::int64_t tasks, Call call, void* context) {
  for (std::int64_t index = 0; index < tasks; ++index) {
    try {
      call(context, index, 0);
    } catch (...) {
      keep_failure();
    }
  }
}

void ThreadTeam::keep_failure() {
  const std::lock_guard lock(mutex_);
  if (!failure_) failure_ = std::current_exception();
}

std::int64_t ThreadTeam::take_tasks(int number) {
  std::int64_t taken = 0;
  for (; const std::optional<std::int64_t> index = counter_.take(); ++taken) {
    try {
      call_(context_, *index, number);
    } catch (...) {
      keep_failure();
    }
  }
  return taken;
}

// Wakes at most `most` sleeping workers. The caller opens the round before it checks who sleeps,
// and a worker announces that it sleeps before it checks the round once more, so one of the two
// sees the other.
void ThreadTeam::wake(std::int64_t most) {
  const auto last = std::min<std::int64_t>(most, in_use() - 1);
  for (std::int64_t i = 0; i < last; ++i) {
    Worker& worker = workers_[static_cast<std::size_t>(i)];
    if (worker.asleep.load(std::memory_order_seq_cst) == 0) continue;
    worker.asleep.store(0, std::memory_order_seq_cst);
    worker.asleep.notify_one();
  }
}

void ThreadTeam::wait_for_others(std::int64_t tasks) {
  const auto done = [&] { return done_.load(std::memory_order_seq_cst) == tasks; };
  if (look_for(done)) return;
  for (int i = 0; i < yields; ++i) {
    ::sched_yield();
    if (done()) return;
  }
  // A worker that has finished its tasks changes the number and wakes the caller. It does not reset
  // the number to 0: if it was delayed between the reset and the wake-up, another worker would see
  // 0 and not wake the caller.
  while (!done()) {
    caller_asleep_.store(1, std::memory_order_seq_cst);
    if (done()) break;
    caller_asleep_.wait(1, std::memory_order_seq_cst);
  }
  caller_asleep_.store(0, std::memory_order_relaxed);
}

bool ThreadTeam::may_work(int number) const { return number < in_use() && counter_.has_task(); }

void ThreadTeam::work(Worker& me, int number) {
  me.core_wait.emplace();
  me.started.store(true, std::memory_order_release);
  while (wait_for_task(me, number)) {
    const std::int64_t taken = take_tasks(number);
    if (taken == 0) continue;
    done_.fetch_add(taken, std::memory_order_seq_cst);
    if (caller_asleep_.load(std::memory_order_seq_cst) != 0) {
      caller_asleep_.fetch_add(1, std::memory_order_seq_cst);
      caller_asleep_.notify_one();
    }
  }
}

// Returns true if there may be a task to take, and false if the team ends.
bool ThreadTeam::wait_for_task(Worker& me, int number) {
  const auto stops = [&] { return stop_.load(std::memory_order_seq_cst); };
  const auto come = [&] { return may_work(number) || stops(); };
  if (number < in_use() && look_for(come)) return !stops();
  while (!come()) {
    me.asleep.store(1, std::memory_order_seq_cst);
    if (come()) break;
    me.asleep.wait(1, std::memory_order_seq_cst);
  }
  me.asleep.store(0, std::memory_order_seq_cst);
  return !stops();
}

}  // namespace assay::train
