// A fixed team of threads that run the tasks of one step after another. The one level of threads in
// Assay's training: nothing that a task calls may start threads of its own.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <type_traits>
#include <vector>

namespace assay::train {

class ThreadTeam {
 public:
  /// The calling thread is one of the team. Throws assay::Error when the system has no more
  /// threads.
  explicit ThreadTeam(int threads);
  ~ThreadTeam();

  int size() const { return static_cast<int>(threads_.size()) + 1; }

  /// Calls task(index, worker) for every 0 <= index < tasks, with 0 <= worker < size(); at no time
  /// two tasks have the same worker. Which worker gets which task is left open. Returns when all
  /// are done; rethrows the first exception.
  template <class Task>
  void run(std::int64_t tasks, Task&& task) {
    const auto call = [](void* context, std::int64_t index, int worker) {
      (*static_cast<std::remove_reference_t<Task>*>(context))(index, worker);
    };
    run(tasks, call, &task);
  }

 private:
  using Call = void (*)(void* context, std::int64_t index, int worker);

  void run(std::int64_t tasks, Call call, void* context);
  void stop();
  void work(int worker);
  void take_tasks(int worker);

  // What the team works on; written between two rounds only.
  Call call_ = nullptr;
  void* context_ = nullptr;
  std::int64_t tasks_ = 0;

  alignas(64) std::atomic<std::uint32_t> round_ = 0;
  alignas(64) std::atomic<std::int64_t> next_ = 0;
  alignas(64) std::atomic<int> busy_ = 0;
  std::atomic<bool> stop_ = false;
  std::mutex mutex_;
  std::exception_ptr failure_;
  std::vector<std::thread> threads_;
};

/// The number of cores that this process may use.
int available_cores();

}  // namespace assay::train
