// The loggers of a run, each kept apart from the others' failures: one that throws is reported once
// and left out from then on.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "assay/logger.h"
#include "runner/base/append_file.h"
#include "runner/base/folder.h"
#include "runner/plugin_host/component.h"

namespace assay::logging {

/// What loggers are told about the run.
struct RunInfo {
  std::string name;
  /// The folder in which loggers create their files; borrowed. Null: they can create none.
  const base::Folder* folder = nullptr;
  std::int64_t first_step = 0;
  std::int64_t total_steps = 0;
  double start_time = 0;
};

/// Throws assay::Error for what cannot name a file of a logger's: '/', control characters, nothing.
void check_file_name(std::string_view name);

class Loggers {
 public:
  struct Named {
    std::string name;
    plugin_host::Handle<Logger> logger;
  };
  /// Told of every failure as it happens. Called on the logging thread.
  using Report = std::function<void(const std::string&)>;

  Loggers(std::vector<Named> loggers, RunInfo info, Terminal& terminal, Report report);
  ~Loggers();
  Loggers(Loggers&&) noexcept;

  void open();
  /// Calls every logger that still works.
  void each(const std::function<void(Logger&)>& call);
  /// Closes the loggers, then their files: what could not be written is a failure of the logger's.
  void close(Outcome outcome);

  /// For failures that are nobody's in particular (a picture that cannot be drawn).
  void fail(const std::string& message);
  const std::vector<std::string>& failures() const { return failures_; }
  const RunInfo& info() const { return info_; }
  /// The logger that is being called: "logger jsonl"; empty when there is none. From any thread.
  std::string called() const;

 private:
  class Context;
  struct Slot {
    Named named;
    std::unique_ptr<Context> context;
    bool works = true;
  };

  void call(Slot& slot, const std::function<void(Logger&)>& call);

  std::vector<Slot> slots_;
  std::unique_ptr<std::atomic<const Slot*>> called_;  // a pointer, so that this can be moved
  RunInfo info_;
  Report report_;
  std::vector<std::string> failures_;
};

}  // namespace assay::logging
