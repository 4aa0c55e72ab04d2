// A plugin that does not return keeps a run from stopping: whoever has asked it to stop is told.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace assay::command_line {

/// While it lives, a stop_signal() (signals.h) that is not followed within a second is answered on
/// standard error with the plugin's code that a thread is in. Says so once, and nothing where the
/// system has no thread for it.
class InterruptWatch {
 public:
  InterruptWatch();
  ~InterruptWatch();
  InterruptWatch(const InterruptWatch&) = delete;
  InterruptWatch& operator=(const InterruptWatch&) = delete;

 private:
  void watch() noexcept;
  bool pause(std::chrono::milliseconds time);

  // Made before the thread begins, which must not need memory: a run may have none left.
  std::mutex mutex_;
  std::condition_variable end_;
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace assay::command_line
