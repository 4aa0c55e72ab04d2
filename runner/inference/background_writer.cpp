#include "runner/inference/background_writer.h"

#include <span>
#include <utility>

namespace assay::inference {

BackgroundWriter::BackgroundWriter(ByteSink& sink) : sink_(sink), thread_([this] { work(); }) {}

BackgroundWriter::~BackgroundWriter() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

BackgroundWriter::Piece BackgroundWriter::write(Piece piece) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !waiting_ || failure_; });
  if (failure_) std::rethrow_exception(failure_);
  waiting_ = std::move(piece);
  changed_.notify_all();
  return std::exchange(written_, {});
}

void BackgroundWriter::finish() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return (!waiting_ && !writing_) || failure_; });
  if (failure_) std::rethrow_exception(failure_);
}

void BackgroundWriter::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return waiting_ || stop_; });
    if (stop_ || failure_) return;
    Piece piece = std::move(*waiting_);
    waiting_.reset();
    writing_ = true;
    changed_.notify_all();
    lock.unlock();
    std::exception_ptr failure;
    try {
      for (const std::string& text : piece) sink_.write(std::as_bytes(std::span(text)));
    } catch (...) {
      failure = std::current_exception();
    }
    lock.lock();
    writing_ = false;
    failure_ = failure;
    written_ = std::move(piece);
    changed_.notify_all();
    if (failure_) return;
  }
}

}  // namespace assay::inference
