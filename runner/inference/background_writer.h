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
  /// Waits for the write that is going on. What is not written then never is.
  ~BackgroundWriter();

  /// Hands a piece over; waits while another one waits. Returns a piece that was written, for its
  /// memory. Throws what the sink threw.
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
