// The files that a run reads, with the facts that show later whether they have changed: their
// sizes, times of modification, and digests of their content.
//
// Digests of the first mebibyte or so are taken before the training, those of larger files by a
// thread of its own beside it, so that they do not delay the start. The thread yields to others.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace assay::run {

/// A file or folder that a run reads.
struct DataFileRecord {
  std::string path;
  std::uint64_t size = 0;     ///< in bytes; for a folder, that of all files in it
  std::int64_t modified = 0;  ///< nanoseconds since 1970; 0 for a folder
  /// The digest of its content, or of the names and sizes of all files in a folder
  /// (base/digest.h). Empty if it is not known.
  std::string digest;
};

/// Returns how the files that a run reads differ from those that it began with, a sentence each.
/// Reads only those whose size is the same but whose time of modification is not. Enters the
/// digests that are known into `now`. Files that are in one list only are not compared: another
/// plan named them.
std::vector<std::string> data_changes(const std::vector<DataFileRecord>& began,
                                      std::vector<DataFileRecord>& now);

/// Looks up the files, without reading them. Missing files are left out.
std::vector<DataFileRecord> look_at_data(const std::set<std::string>& paths);

class DataDigests {
 public:
  /// Computes the missing digests of small files, and starts to compute those of large ones. If the
  /// system starts no thread, these stay unknown.
  explicit DataDigests(std::vector<DataFileRecord> files);
  DataDigests(const DataDigests&) = delete;
  DataDigests& operator=(const DataDigests&) = delete;
  /// Gives up the digests that are not done.
  ~DataDigests() = default;

  /// Returns the files with the digests that are known by now. May be called from any thread.
  std::vector<DataFileRecord> files() const;
  /// Waits until all are known, but no longer than this.
  void wait_for(std::chrono::milliseconds patience);

 private:
  void work(const std::stop_token& stop);

  mutable std::mutex mutex_;
  std::condition_variable done_changed_;
  std::vector<DataFileRecord> files_;
  bool done_ = false;
  std::jthread thread_;
};

}  // namespace assay::run
