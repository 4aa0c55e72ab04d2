// The files that a run reads, with what tells later whether they have changed: their sizes, when
// they were written to, and digests of their content.
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
  std::uint64_t size = 0;     ///< in bytes; of a folder, that of all files in it
  std::int64_t modified = 0;  ///< nanoseconds since 1970; 0 for a folder
  /// The digest of its content, or of the names and sizes of all files in a folder
  /// (base/digest.h). Empty if it is not known.
  std::string digest;
};

/// Returns how the files that a run reads differ from those that it began with, a sentence each.
/// Reads those whose size is the same and whose time of modification is not. In `now` it enters the
/// digests that are known. Files that are in one list only are not compared: another plan named
/// them.
std::vector<std::string> data_changes(const std::vector<DataFileRecord>& began,
                                      std::vector<DataFileRecord>& now);

/// Looks at the files, without reading them. What is not there is left out.
std::vector<DataFileRecord> look_at_data(const std::set<std::string>& paths);

class DataDigests {
 public:
  /// Takes the digests that the list lacks of small files, and starts to take those of large ones.
  /// If the system starts no thread, these stay unknown.
  explicit DataDigests(std::vector<DataFileRecord> files);
  DataDigests(const DataDigests&) = delete;
  DataDigests& operator=(const DataDigests&) = delete;
  /// Gives up what is not done.
  ~DataDigests() = default;

  /// Returns the files with the digests that are known by now. From any thread.
  std::vector<DataFileRecord> files() const;
  /// Waits until all are known, but not longer than this.
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
