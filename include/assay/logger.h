// Kind `logger`: receives records. All calls come from the logging thread, in order of time.
//
// A logger opens no files itself. The host creates them in the run folder and lends them, so that
// it can truncate them to a checkpoint when a run resumes; the logger needs no code for that. If a
// logger throws, the host reports it once and then stops calling it; training goes on.
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
  /// Appends all of the bytes or none: after a short write (full disk) the host truncates the file
  /// to its previous size and throws Error.
  virtual void append(std::span<const std::byte> bytes) = 0;
  /// Returns the number of bytes in the file.
  virtual std::int64_t position() const = 0;
  virtual std::string_view path() const = 0;

 protected:
  ~LogFile() = default;
};

/// The terminal that the user watches. The host ensures that only one writer uses it at a time. Of
/// all control characters, only colour sequences (`ESC [ ... m`) reach it, and only if colours() is
/// true.
class Terminal {
 public:
  /// Returns true if a person watches and a line can be redrawn.
  virtual bool interactive() const = 0;
  virtual bool colours() const = 0;
  /// Returns the number of characters per line.
  virtual int columns() const = 0;
  /// Prints a whole line that stays.
  virtual void print(std::string_view line) = 0;
  /// Redraws the line at the bottom in place; an empty line removes it. Works only if
  /// interactive().
  virtual void status(std::string_view line) = 0;

 protected:
  ~Terminal() = default;
};

/// Valid from Logger::open to the end of Logger::close.
class LoggerContext {
 public:
  /// Creates a new file in the run folder itself, so its name must be one line of text without '/'.
  /// Throws Error for any other name and for a file that exists.
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

/// Names the series that a record belongs to. `id` counts the tags of a run from 0, so a logger can
/// keep its own data per tag in a vector.
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

/// Reports how far the run has got; sent several times a second.
struct Progress {
  std::int64_t step = 0;  ///< finished updates
  std::int64_t total_steps = 0;
  std::int64_t epoch = 0;
  double seconds = 0;           ///< since training began
  double steps_per_second = 0;  ///< over the last few seconds
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
  /// Writes out buffered data. Called at least once a second.
  virtual void flush() {}
  /// Ends the log; called last. When it returns, all data must be in the files.
  virtual void close(Outcome /*outcome*/) {}
};

}  // namespace assay
