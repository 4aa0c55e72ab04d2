// Tells the user who has asked a run to stop which plugin keeps it from stopping.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace assay::command_line {

/// While it lives, it waits for a stop_signal() (signals.h). If the process does not end within a
/// second, it prints on standard error which plugin's code a thread is running. It does so once,
/// and not at all if the system has no thread for it.
class InterruptWatch {
 public:
  InterruptWatch();
  ~InterruptWatch();
  InterruptWatch(const InterruptWatch&) = delete;
  InterruptWatch& operator=(const InterruptWatch&) = delete;

 private:
  void watch() noexcept;
  bool pause(std::chrono::milliseconds time);

  // Created before the thread starts. It must not allocate: a run may have no memory left.
  std::mutex mutex_;
  std::condition_variable end_;
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace assay::command_line
