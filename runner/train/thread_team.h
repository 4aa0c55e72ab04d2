// A team of threads that runs the tasks of one step after another. This is the only level of
// threads in Assay's training: no function that a task calls may start threads.
//
// The team never waits for a thread without a task. The calling thread opens a round of tasks and
// takes tasks itself. A worker that is awake takes the next one; a worker that the scheduler keeps
// away takes none and costs nothing.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <type_traits>

#include "runner/base/core_wait.h"

namespace assay::train {

/// Gives out the tasks of the current round, one by one. The round, the number of tasks and the
/// next task are one atomic number. So a thread that wakes late sees either no task, or a task of
/// the round that is open now; it can never take a task of a past round.
class TaskCounter {
 public:
  static constexpr std::int64_t most_tasks = (std::int64_t{1} << 24) - 2048;

  /// Opens a round of this many tasks, numbered from 0. Every task of the previous round must be
  /// done.
  void open(std::int64_t tasks);
  bool has_task() const { return has_task(state_.load(std::memory_order_seq_cst)); }
  /// Returns the next task of the open round, or nothing if all are taken. A caller must have seen
  /// has_task() before each series of calls that ends with nothing.
  std::optional<std::int64_t> take();

 private:
  // From the lowest bit: 24 bits for the next task, 24 for the number of tasks, 16 for the round.
  static constexpr int bits = 24;
  static constexpr std::uint64_t mask = (std::uint64_t{1} << bits) - 1;
  static bool has_task(std::uint64_t state) { return (state & mask) < (state >> bits & mask); }

  std::atomic<std::uint64_t> state_ = 0;
};

class ThreadTeam {
 public:
  /// Starts `threads` - 1 threads; the calling thread is part of the team. If the system provides
  /// fewer threads, the team is smaller, and shortfall() says why.
  explicit ThreadTeam(int threads);
  ~ThreadTeam();

  int size() const { return static_cast<int>(workers_.size()) + 1; }
  /// Returns why the team is smaller than requested; empty if it is not.
  const std::string& shortfall() const { return shortfall_; }

  /// Returns the number of threads that take tasks: all, until use() is called.
  int in_use() const { return in_use_.load(std::memory_order_relaxed); }
  /// Lets this many threads take tasks from the next round on; clamped to 1 and size(). Results do
  /// not depend on it.
  void use(int threads);

  /// Returns the seconds that all threads together have waited for a core although they were ready
  /// to run. Returns nothing if the kernel does not report it.
  std::optional<double> waited_for_cores() const;

  /// Calls task(index, worker) for every 0 <= index < tasks, with 0 <= worker < size(). No two
  /// concurrent tasks have the same worker; the assignment is otherwise unspecified. Returns when
  /// all tasks are done; rethrows the first exception. Call it from the thread that created the
  /// team, not from within a task. Takes at most TaskCounter::most_tasks tasks.
  template <class Task>
  void run(std::int64_t tasks, Task&& task) {
    const auto call = [](void* context, std::int64_t index, int worker) {
      (*static_cast<std::remove_reference_t<Task>*>(context))(index, worker);
    };
    run(tasks, call, &task);
  }

 private:
  using Call = void (*)(void* context, std::int64_t index, int worker);

  struct alignas(64) Worker {
    std::atomic<std::uint32_t> asleep = 0;
    std::atomic<bool> started = false;  ///< core_wait exists
    std::optional<base::CoreWait> core_wait;
    std::thread thread;
  };

  void run(std::int64_t tasks, Call call, void* context);
  void run_alone(std::int64_t tasks, Call call, void* context);
  void stop();
  void work(Worker& me, int number);
  bool wait_for_task(Worker& me, int number);
  bool may_work(int number) const;
  std::int64_t take_tasks(int number);
  void wake(std::int64_t most);
  void wait_for_others(std::int64_t tasks);
  void keep_failure();

  // Threads that have taken a task read these, so they do not change until all tasks are done.
  Call call_ = nullptr;
  void* context_ = nullptr;

  alignas(64) TaskCounter counter_;
  alignas(64) std::atomic<std::int64_t> done_ = 0;
  std::atomic<std::uint32_t> caller_asleep_ = 0;  ///< 0 while it is awake
  alignas(64) std::atomic<int> in_use_ = 1;
  std::atomic<bool> stop_ = false;
  std::mutex mutex_;
  std::exception_ptr failure_;
  std::string shortfall_;
  base::CoreWait core_wait_;
  std::deque<Worker> workers_;
};

}  // namespace assay::train
