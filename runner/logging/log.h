// The records of a run on their way from the training thread to the loggers.
//
// The training thread only queues; a thread of its own draws pictures and calls loggers. The queue
// is bounded, in records and in bytes: when it is full, training waits (how long is counted), and
// nothing is lost. At most a second passes between a record and a Logger::flush, whether or not
// another record follows.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
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
/// Keeps the picture of a tag as a file. Throws for what cannot be written.
using KeepImage = std::function<void(std::string_view name, std::span<const std::byte> bytes)>;

/// How far a run is.
struct State {
  std::int64_t step = 0;
  std::map<std::string, double> last_values;  ///< of scalar tags
  std::vector<std::string> failures;
};
/// Told, on the logging thread, how far the run is: after a second, and then every few seconds.
struct Beat {
  std::function<void(const State&)> tell;
  std::chrono::steady_clock::duration first = std::chrono::seconds(1);
  std::chrono::steady_clock::duration every = std::chrono::seconds(5);
};

/// Told, on the training thread, when it has waited long: what for.
using Notice = std::function<void(const std::string&)>;

/// How much may wait in the queue. As much again may be with the logging thread.
struct QueueLimits {
  std::size_t records = std::size_t{1} << 16;
  std::size_t bytes = std::size_t{64} << 20;  ///< of texts, and of what pictures keep
};

class Log {
 public:
  /// Starts the thread and opens the loggers on it. One record may wait in any case.
  Log(Loggers loggers, Paint paint, KeepImage keep_image, const QueueLimits& limits = {},
      Notice notice = {}, Beat beat = {});
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

  // Finds a name without making a string of it.
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const {
      return std::hash<std::string_view>()(name);
    }
  };

  struct KnownTag {
    std::uint32_t id = 0;
    std::optional<double> last_value;  ///< none for pictures and texts
  };

  KnownTag& tag(std::string_view name);
  void push(Record record, std::size_t bytes);
  void wait(std::condition_variable& until, std::unique_lock<std::mutex>& lock,
            const std::function<bool()>& come);
  bool full() const;
  bool half_full() const;
  void work();
  void write(const Record& record);
  void write(const Tag& tag, const Record& record, const Picture& picture);
  void tick_if_due();
  void tick();
  void beat() const;

  Loggers loggers_;
  Paint paint_;
  KeepImage keep_image_;
  QueueLimits limits_;
  Notice notice_;
  Beat beat_;

  // The training thread's own.
  std::unordered_map<std::string, KnownTag, Hash, std::equal_to<>> tags_;
  double waited_seconds_ = 0;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable space_;
  std::vector<Record> queue_;
  std::size_t queued_bytes_ = 0;
  std::vector<std::string> new_tags_;
  std::optional<Outcome> outcome_;
  bool closed_ = false;

  std::atomic<std::int64_t> step_ = 0;
  std::atomic<std::int64_t> epoch_ = 0;

  // The logging thread's own.
  std::vector<std::string> tag_names_;
  std::vector<std::optional<double>> written_values_;  ///< the last one of each scalar tag
  struct Mark {
    double seconds;
    std::int64_t step;
  };
  std::vector<Mark> marks_;  ///< of the last ticks
  std::chrono::steady_clock::time_point start_, ticked_, flushed_, next_beat_;

  std::thread thread_;
};

}  // namespace assay::logging
