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
#include "assay/record.h"

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

/// One value of the resolved plan.
struct PlanEntry {
  std::string_view key;  ///< full: "optimizer.learning_rate", "hooks.loss.every"
  /// The value with its type: none for null; a list is a text, as it is in `yaml`. An integer
  /// beyond 2^53 is rounded, and exact in `yaml`.
  TypedValue value;
  std::string_view yaml;  ///< the value as plan.yaml writes it: 0.01, [50, 50], 'no'
};

/// A tag that the config gives to a hook.
struct DeclaredTag {
  std::string_view tag;   ///< as written: "Step ${step} Accuracy Testsheet"
  std::string_view hook;  ///< the hook's name in the config
  /// The type of the records under this tag, if it is known before training.
  ContentType type = ContentType::unknown;
};

/// A split of the data.
struct SplitSize {
  std::string_view name;  ///< "train"
  std::int64_t rows = 0;
};

/// Valid, with all that its functions return, from Logger::open to the end of Logger::close.
class LoggerContext {
 public:
  /// Creates a new file in the run folder. `name` is one line of text: a name, or the relative path
  /// of a file in at most 16 subfolders ("plugins/profile/trace.json"), which the host makes.
  /// Throws Error for a path with empty parts, "." or "..", for files and folders of the run itself
  /// (plan.yaml, images/, ...), and for a file that exists. Where a run goes on, a file that it
  /// left is lent again, cut back to what belongs to the run.
  virtual LogFile& create(std::string_view name) = 0;
  virtual Terminal& terminal() = 0;

  virtual std::string_view run_name() const = 0;    ///< the config's `name`
  virtual std::string_view run_folder() const = 0;  ///< absolute path
  virtual std::int64_t first_step() const = 0;      ///< 0, or that of the checkpoint resumed from
  virtual std::int64_t total_steps() const = 0;
  virtual double start_time() const = 0;  ///< seconds since 1970, like all wall times

  /// Returns every value of the plan that is run, defaults included. The lines `key: yaml` are in
  /// the order of their bytes. Secrets are references: ${secret:NAME}.
  virtual std::span<const PlanEntry> plan() const = 0;
  /// Returns the text of plan.yaml, which holds the same values.
  virtual std::string_view plan_yaml() const = 0;
  /// Returns the layers of the model in their order, its parameters, the loss and the optimizer.
  /// The operation of a layer is the model's own word; "Input", "Target", "Parameter", "Loss" and
  /// "Optimizer" are the host's. Those of Loss and Optimizer have an attribute `type`, the
  /// component's name.
  virtual const Graph& graph() const = 0;
  /// Returns the tags that the config gives to hooks. Hooks may use further ones.
  virtual std::span<const DeclaredTag> tags() const = 0;
  virtual std::span<const SplitSize> splits() const = 0;  ///< of the data, sorted by name
  /// Returns the names of the classes; nothing if the targets are no classes.
  virtual std::span<const std::string_view> class_names() const = 0;

 protected:
  ~LoggerContext() = default;
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
  /// Receives one record (record.h). A logger takes the contents that it knows and ignores the
  /// others; contents that are not known yet come with later versions of Assay.
  virtual void record(const Record& /*record*/) {}
  virtual void progress(const Progress& /*progress*/) {}
  /// Writes out buffered data. Called at least once a second.
  virtual void flush() {}
  /// Ends the log; called last. When it returns, all data must be in the files.
  virtual void close(Outcome /*outcome*/) {}
};

}  // namespace assay
