// Kind `logger`: where records go. All calls come from the logging thread, in order of time.
//
// A logger opens no files of its own: the host lends them, in the run folder, so that a resumed run
// can cut them back to a checkpoint without a line of the logger's. A logger that throws is
// reported once and then left out; training goes on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "assay/kind.h"

namespace assay {

/// A file of the run folder, opened for appending. Owned by the host, closed after Logger::close.
class LogFile {
 public:
  /// All or nothing: after a short write (full disk) the file is cut back to where it was, and
  /// Error is thrown.
  virtual void append(std::span<const std::byte> bytes) = 0;
  /// Bytes in the file.
  virtual std::int64_t position() const = 0;
  virtual std::string_view path() const = 0;

 protected:
  ~LogFile() = default;
};

/// Where a person looks on. One writer at a time is the host's care. Of control characters only
/// colours (`ESC [ ... m`) reach it, and only where colours() is true.
class Terminal {
 public:
  /// True: somebody watches, and a line can be redrawn.
  virtual bool interactive() const = 0;
  virtual bool colours() const = 0;
  /// Characters per line.
  virtual int columns() const = 0;
  /// A whole line that stays.
  virtual void print(std::string_view line) = 0;
  /// The line at the bottom, redrawn in place; an empty one takes it away. Interactive only.
  virtual void status(std::string_view line) = 0;

 protected:
  ~Terminal() = default;
};

/// Valid from Logger::open to the end of Logger::close.
class LoggerContext {
 public:
  /// Creates a new file in the run folder itself, so its name is one line of text without '/'; any
  /// other name, and a file that exists, is an Error.
  virtual LogFile& create(std::string_view name) = 0;
  virtual Terminal& terminal() = 0;

  virtual std::string_view run_name() const = 0;    ///< the config's `name`
  virtual std::string_view run_folder() const = 0;  ///< absolute path
  virtual std::int64_t first_step() const = 0;      ///< 0, or that of the checkpoint resumed from
  virtual std::int64_t total_steps() const = 0;
  virtual double start_time() const = 0;  ///< seconds since 1970, like all wall times

 protected:
  ~LoggerContext() = default;
};

/// A tag that a record belongs to. `id` counts the tags of a run from 0, so that a logger may keep
/// what it knows of a tag in a vector.
struct Tag {
  std::uint32_t id = 0;
  std::string_view name;
};

struct ScalarRecord {
  Tag tag;
  std::int64_t step = 0;
  double wall_time = 0;
  double value = 0;  ///< may be NaN or infinite
};

struct ImageRecord {
  Tag tag;
  std::int64_t step = 0;
  double wall_time = 0;
  std::int64_t width = 0;
  std::int64_t height = 0;
  std::span<const std::byte> png;
};

struct TextRecord {
  Tag tag;
  std::int64_t step = 0;
  double wall_time = 0;
  std::string_view markdown;
};

/// Where the run is; several times a second.
struct Progress {
  std::int64_t step = 0;  ///< finished updates
  std::int64_t total_steps = 0;
  std::int64_t epoch = 0;
  double seconds = 0;           ///< since training began
  double steps_per_second = 0;  ///< of the last seconds
};

enum class Outcome : std::uint32_t { finished, stopped, failed };

class Logger {
 public:
  static constexpr Kind kind = Kind::logger;
  virtual ~Logger() = default;

  virtual void open(LoggerContext& context) = 0;
  virtual void scalar(const ScalarRecord& /*record*/) {}
  virtual void image(const ImageRecord& /*record*/) {}
  virtual void markdown(const TextRecord& /*record*/) {}
  virtual void progress(const Progress& /*progress*/) {}
  /// At least once a second: write out what is buffered.
  virtual void flush() {}
  /// The last call. Everything must be in the files when it returns.
  virtual void close(Outcome /*outcome*/) {}
};

}  // namespace assay
