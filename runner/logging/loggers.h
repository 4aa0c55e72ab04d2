// The loggers of a run. A failure of one does not affect the others: a logger that throws is
// reported once and not called again.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "assay/logger.h"
#include "runner/base/append_file.h"
#include "runner/base/folder.h"
#include "runner/logging/extremes.h"
#include "runner/logging/run_facts.h"
#include "runner/plugin_host/component.h"

namespace assay::logging {

/// The information about the run that loggers get.
struct RunInfo {
  std::string name;
  /// The folder in which loggers create their files; borrowed. If null, they can create none.
  const base::Folder* folder = nullptr;
  std::int64_t first_step = 0;
  std::int64_t total_steps = 0;
  double start_time = 0;
  /// Continues a run in a folder that has its files from before. `positions` says how many bytes of
  /// each file belong to it; a file that is not there has none. The rest of each file is cut off.
  /// `last_values` and `extremes` are those of scalar tags.
  bool goes_on = false;
  std::map<std::string, std::int64_t> positions = {};
  /// Files that loggers may have made before. Those without a position are removed.
  std::vector<std::string> former_files = {};
  std::map<std::string, double> last_values = {};
  std::map<std::string, Extremes> extremes = {};
  std::shared_ptr<const RunFacts> facts = std::make_shared<RunFacts>();
};

/// Throws assay::Error for a text that cannot be the path of a logger's file in the run folder: not
/// one line, with an empty part, "." or "..", in more than 16 folders, or with the name of a file
/// or folder of the run itself.
void check_file_name(std::string_view name);

class Loggers {
 public:
  struct Named {
    std::string name;
    plugin_host::Handle<Logger> logger;
  };
  /// Receives every failure when it happens. Called on the logging thread.
  using Report = std::function<void(const std::string&)>;

  Loggers(std::vector<Named> loggers, RunInfo info, Terminal& terminal, Report report);
  ~Loggers();
  Loggers(Loggers&&) noexcept;

  void open();
  /// Calls every logger that still works.
  void each(const std::function<void(Logger&)>& call);
  /// Closes the loggers, then their files. If a file cannot be written, its logger has failed.
  void close(Outcome outcome);

  /// Records a failure that belongs to no particular logger (a picture that cannot be drawn).
  void fail(const std::string& message);
  const std::vector<std::string>& failures() const { return failures_; }
  const RunInfo& info() const { return info_; }
  /// Returns how many bytes of each file belong to the run, including those from before.
  std::map<std::string, std::int64_t> positions() const;
  /// Returns the digests of these bytes (base/digest.h), as far as they are known.
  std::map<std::string, std::string> digests() const;
  /// Lets every logger that works write what it holds, brings all files to the disk, and returns
  /// their positions. Throws assay::Error if one cannot be.
  std::map<std::string, std::int64_t> synced_positions();
  /// Returns the logger that is being called: "logger jsonl"; empty if there is none. May be called
  /// from any thread.
  std::string called() const;

 private:
  class Context;
  struct Slot {
    Named named;
    std::unique_ptr<Context> context;
    bool works = true;
  };

  void call(Slot& slot, const std::function<void(Logger&)>& call);
  enum class Former { removed, cut };
  void put_former_files_right(Former which);
  void sync_folders(std::string_view file, std::set<std::string>& synced) const;

  std::vector<Slot> slots_;
  std::unique_ptr<std::atomic<const Slot*>> called_;  // a pointer, so that this class can be moved
  RunInfo info_;
  Report report_;
  std::vector<std::string> failures_;
  std::map<std::string, std::string> left_digests_;  ///< of files that no logger opened again
  std::set<std::string, std::less<>> synced_files_;  ///< whose names are on the disk
};

}  // namespace assay::logging
