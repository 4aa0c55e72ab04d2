// A plugin that does not return keeps a run from stopping: whoever has asked it to stop is told.
#pragma once

#include <stop_token>
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
  static void watch(const std::stop_token& end);

  std::jthread thread_;
};

}  // namespace assay::command_line
