// Writes to a sink on a thread of its own, so that predictions are computed meanwhile.
#pragma once

#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "runner/inference/byte_sink.h"

namespace assay::inference {

class BackgroundWriter {
 public:
  /// Texts that follow each other.
  using Piece = std::vector<std::string>;

  /// Borrows the sink. Nobody else may use it until finish() has returned.
  explicit BackgroundWriter(ByteSink& sink);
  BackgroundWriter(const BackgroundWriter&) = delete;
  BackgroundWriter& operator=(const BackgroundWriter&) = delete;
  /// Waits for the current write. Anything that is not written by then is dropped.
  ~BackgroundWriter();

  /// Hands over a piece; blocks while another one is waiting. Returns a piece that was written, so
  /// that its memory can be reused. Throws what the sink threw.
  Piece write(Piece piece);
  /// Waits until everything is written. Throws what the sink threw.
  void finish();

 private:
  void work();

  ByteSink& sink_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Piece> waiting_;
  Piece written_;
  bool writing_ = false;
  bool stop_ = false;
  std::exception_ptr failure_;
  std::thread thread_;
};

}  // namespace assay::inference
