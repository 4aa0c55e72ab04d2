// The records of a run on their way from the training thread to the loggers.
//
// The training thread only queues; a thread of its own draws pictures and calls loggers. The queue
// is bounded: when it is full, training waits (how long is counted), and nothing is lost. At most a
// second passes between a record and a Logger::flush.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <variant>
#include <vector>

#include "assay/hook.h"
#include "assay/logger.h"
#include "runner/logging/loggers.h"
#include "runner/picture/snapshot.h"
#include "runner/plugin_host/component.h"

namespace assay::logging {

/// A picture to draw.
struct Picture {
  plugin_host::Handle<Renderer> renderer;
  picture::StoredSnapshot snapshot;
  std::vector<PictureFormat> files;  ///< also kept in images/
};

/// Draws and encodes; called on the logging thread. Throws for what cannot be drawn.
using Paint = std::function<std::vector<std::byte>(const Picture&, PictureFormat)>;
/// Where the picture of a tag is kept as a file.
using ImageFile = std::function<std::string(std::string_view name)>;

class Log {
 public:
  static constexpr std::size_t default_capacity = 1 << 16;

  /// Starts the thread and opens the loggers on it. `capacity`: records that wait, at least 1.
  Log(Loggers loggers, Paint paint, ImageFile image_file, std::size_t capacity = default_capacity);
  /// Ends as a failed run unless finish() was called.
  ~Log();

  // From the training thread:
  void scalar(std::string_view tag, std::int64_t step, double value);
  void text(std::string_view tag, std::int64_t step, std::string_view markdown);
  void picture(std::string_view tag, Picture picture);
  void progress(std::int64_t step, std::int64_t epoch) {
    step_.store(step, std::memory_order_relaxed);
    epoch_.store(epoch, std::memory_order_relaxed);
  }

  /// Writes out everything and closes the loggers.
  void finish(Outcome outcome);

  /// After finish: what went wrong on the way, one line each.
  const std::vector<std::string>& failures() const { return loggers_.failures(); }
  /// The last value of every scalar tag.
  std::map<std::string, double> last_values() const;
  /// How long the training thread waited for a full queue.
  double waited_seconds() const { return waited_seconds_; }

 private:
  struct Scalar {
    double value;
  };
  struct Record {
    std::uint32_t tag = 0;
    std::int64_t step = 0;
    double wall_time = 0;
    std::variant<Scalar, std::string, std::unique_ptr<Picture>> content;
  };

  std::size_t half_full() const { return std::max<std::size_t>(capacity_ / 2, 1); }
  std::uint32_t tag(std::string_view name);
  void push(Record record);
  void work();
  void write(const Record& record);
  void write(const Tag& tag, const Record& record, const Picture& picture);
  void tick_if_due();
  void tick();

  Loggers loggers_;
  Paint paint_;
  ImageFile image_file_;
  std::size_t capacity_;

  // The training thread's own.
  std::unordered_map<std::string, std::uint32_t> tags_;
  std::vector<std::optional<double>> last_values_;  ///< by tag; none for pictures and texts
  std::string lookup_;
  double waited_seconds_ = 0;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable space_;
  std::vector<Record> queue_;
  std::vector<std::string> new_tags_;
  std::optional<Outcome> outcome_;

  std::atomic<std::int64_t> step_ = 0;
  std::atomic<std::int64_t> epoch_ = 0;

  // The logging thread's own.
  std::vector<std::string> tag_names_;
  struct Mark {
    double seconds;
    std::int64_t step;
  };
  std::vector<Mark> marks_;  ///< of the last ticks
  std::chrono::steady_clock::time_point start_, ticked_, flushed_;

  std::thread thread_;
};

}  // namespace assay::logging
