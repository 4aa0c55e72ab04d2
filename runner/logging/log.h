// Carries the records of a run from the training thread to the loggers.
//
// The training thread only queues; a separate thread draws pictures and calls loggers. The queue is
// bounded in records and in bytes. When it is full, training waits (the time is counted), and
// nothing is lost. At most a second passes between a record and a Logger::flush, even if no other
// record follows. When a run is asked to stop, it drops the pictures that are not drawn yet.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <limits>
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
#include "runner/logging/extremes.h"
#include "runner/logging/loggers.h"
#include "runner/logging/stored_content.h"
#include "runner/picture/stored_snapshot.h"
#include "runner/plugin_host/component.h"

namespace assay::logging {

/// A picture to draw.
struct Picture {
  plugin_host::Handle<Renderer> renderer;
  picture::StoredSnapshot snapshot;
  std::vector<PictureFormat> files;  ///< formats that are also saved in images/
};

/// Draws and encodes a picture; called on the logging thread. Throws if it cannot be drawn.
using Paint = std::function<std::vector<std::byte>(const Picture&, PictureFormat)>;
/// Stores the picture of a tag as a file. Throws if it cannot be written.
using KeepImage = std::function<void(std::string_view name, std::span<const std::byte> bytes)>;

/// The progress of a run.
struct State {
  std::int64_t step = 0;
  std::map<std::string, double> last_values;  ///< of scalar tags
  std::vector<std::string> failures;
  std::vector<std::string> files;                 ///< of the loggers
  std::map<std::string, Extremes> extremes = {};  ///< of scalar tags that had a number
};
/// Receives the progress of the run, on the logging thread: once the loggers have opened their
/// files and before they write, after a second, and then every few seconds.
struct Beat {
  std::function<void(const State&)> tell;
  std::chrono::steady_clock::duration first = std::chrono::seconds(1);
  std::chrono::steady_clock::duration every = std::chrono::seconds(5);
};

/// A function that follows the records before it through the queue. It throws nothing.
using Mark = std::function<void(Loggers&)>;

/// Messages from the log to the run, delivered on the training thread.
struct Notices {
  /// Reports a disturbance: a logger hangs, or the thread could not be started.
  std::function<void(const std::string&)> warning;
  /// Reports that the end of the run waits for this many pictures to be drawn.
  std::function<void(std::size_t pictures)> drawing;
  /// Receives the number of pictures that are left to draw when training is over, several times a
  /// second, on the logging thread. From then on loggers get no progress.
  std::function<void(std::size_t pictures)> left;
  /// Reports how far training has come, with the loss of the last batch; NaN before the first. Told
  /// ten times a second, on the logging thread.
  std::function<void(const Progress&, double batch_loss)> progress;
};

/// The limits of the queue. The logging thread may hold as much again.
struct QueueLimits {
  std::size_t records = std::size_t{1} << 16;
  std::size_t bytes = std::size_t{64} << 20;  ///< of contents, and of what pictures keep
};

class Log {
 public:
  /// Starts the thread and opens the loggers on it. One record may always wait. If the system
  /// starts no thread, the training thread draws and calls loggers itself. Pictures are dropped
  /// while `stop`, the number of a signal, is not 0.
  Log(Loggers loggers, Paint paint, KeepImage keep_image, const QueueLimits& limits = {},
      Notices notices = {}, Beat beat = {}, const std::atomic<int>* stop = nullptr);
  /// Ends the run as failed unless finish() was called.
  ~Log();

  // For the training thread:
  void scalar(std::string_view tag, std::int64_t step, double value);
  void record(std::string_view tag, std::int64_t step, std::unique_ptr<StoredContent> content);
  /// Copies the content. Throws assay::Error if it breaks a rule of record.h.
  template <Content T>
  void record(std::string_view tag, std::int64_t step, const T& content) {
    if constexpr (T::type == ContentType::scalar) scalar(tag, step, content.value);
    else record(tag, step, std::make_unique<StoredContent>(content));
  }
  void picture(std::string_view tag, Picture picture);
  /// Calls the function on the logging thread when all records before it are written: either as
  /// soon as possible, or whenever they are written in any case.
  enum class When { soon, in_turn };
  void mark(Mark mark, When when = When::soon);
  void progress(std::int64_t step, std::int64_t epoch,
                double batch_loss = std::numeric_limits<double>::quiet_NaN()) {
    step_.store(step, std::memory_order_relaxed);
    epoch_.store(epoch, std::memory_order_relaxed);
    batch_loss_.store(batch_loss, std::memory_order_relaxed);
    if (!has_thread_) tick_if_due();
  }

  /// Writes out everything and closes the loggers.
  void finish(Outcome outcome);

  /// Returns how many pictures were dropped because the run was asked to stop. Call it after
  /// finish(), or from a mark.
  std::size_t dropped_pictures() const { return dropped_pictures_; }
  /// Returns the failures, one line each. Call it after finish().
  const std::vector<std::string>& failures() const { return loggers_.failures(); }
  /// Returns, after finish, how many bytes each log file has.
  std::map<std::string, std::int64_t> positions() const { return loggers_.positions(); }
  /// Returns the digests of these bytes, as far as they are known.
  std::map<std::string, std::string> digests() const { return loggers_.digests(); }
  /// Returns the last value of every scalar tag.
  std::map<std::string, double> last_values() const;
  /// Returns the smallest and the largest value of every scalar tag that had a number.
  std::map<std::string, Extremes> extremes() const;
  /// Returns how long the training thread waited for a full queue.
  double waited_seconds() const { return waited_seconds_; }

 private:
  // A tag that was logged. It stays where it is, and its name never changes, so both threads may
  // read it.
  struct KnownTag {
    std::uint32_t id = 0;
    std::string_view name;
    std::optional<double> last_value;     ///< the training thread's; none unless it had scalars
    std::optional<Extremes> extremes;     ///< of these values
    std::optional<double> written_value;  ///< the same for the logging thread
    std::optional<Extremes> written_extremes;
    KnownTag* next_with_scalars = nullptr;  ///< the logging thread's
  };

  // A record in the queue. A scalar lies in it, so that logging one allocates nothing.
  struct Waiting {
    KnownTag* tag = nullptr;  ///< none: it is a mark
    std::int64_t step = 0;
    double wall_time = 0;
    std::variant<Scalar, std::unique_ptr<StoredContent>, std::unique_ptr<Picture>,
                 std::unique_ptr<Mark>>
        content;
  };

  // Finds a name without converting it to a string.
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const {
      return std::hash<std::string_view>()(name);
    }
  };

  KnownTag& tag(std::string_view name);
  void push(Waiting record, std::size_t bytes);
  void wait(std::condition_variable& until, std::unique_lock<std::mutex>& lock,
            const std::function<bool()>& come);
  bool full() const;
  bool half_full() const;
  void work();
  void begin();
  std::optional<Outcome> take(std::vector<Waiting>& records) noexcept;
  void deliver(std::vector<Waiting>& records);
  void close(Outcome outcome);
  void write(const Waiting& record);
  void note_scalar(KnownTag& tag, double value) noexcept;
  void write(const Tag& tag, const Waiting& record, const Picture& picture);
  void tick_if_due() noexcept;
  void tick();
  void tell_progress();
  void beat() const;
  template <class Action>
  bool attempt(Action&& action) noexcept;
  bool is_told_to_stop() const { return stop_ != nullptr && stop_->load() != 0; }

  Loggers loggers_;
  Paint paint_;
  KeepImage keep_image_;
  QueueLimits limits_;
  Notices notices_;
  Beat beat_;
  const std::atomic<int>* stop_;

  // Used by the training thread only.
  std::unordered_map<std::string, KnownTag, Hash, std::equal_to<>> tags_;
  double waited_seconds_ = 0;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable space_;
  std::vector<Waiting> queue_;
  std::size_t queued_bytes_ = 0;
  bool is_marked_ = false;  ///< a mark is in the queue
  std::optional<Outcome> outcome_;
  bool closed_ = false;
  std::atomic<std::size_t> waiting_pictures_ = 0;

  std::atomic<std::int64_t> step_ = 0;
  std::atomic<std::int64_t> epoch_ = 0;
  std::atomic<double> batch_loss_ = std::numeric_limits<double>::quiet_NaN();
  std::atomic<bool> over_ = false;  ///< training is

  // Used by the logging thread only.
  KnownTag* tags_with_scalars_ = nullptr;  ///< the first of a list
  std::size_t dropped_pictures_ = 0;
  bool out_of_memory_ = false;  ///< a failure could not be reported
  struct Pace {
    double seconds;
    std::int64_t step;
  };
  std::vector<Pace> paces_;        ///< of the last ticks
  bool told_the_end_ = false;      ///< loggers know how far training came
  bool draws_at_the_end_ = false;  ///< and get no more of it
  std::chrono::steady_clock::time_point start_, ticked_, flushed_, next_beat_;

  bool has_thread_ = false;
  bool finished_ = false;
  std::thread thread_;
};

}  // namespace assay::logging
