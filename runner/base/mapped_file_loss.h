// Protection against data that vanish during a run: another process truncates a file that is mapped
// into memory, or its disk fails. A thread that reads the missing data gets SIGBUS, not an error
// that can be returned or thrown.
//
// While a MappedFileWatch exists, zeros stand in for the missing data, so that the reader goes on,
// and the loss is recorded. Code that has computed with the data calls check() before it uses the
// result.
#pragma once

#include <sys/stat.h>

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace assay::base {

/// The file that is mapped into memory at an address. Its path is empty if there is no file, and is
/// truncated if it is too long. May be constructed in a signal handler.
class MappedFile {
 public:
  explicit MappedFile(const void* address) noexcept;
  std::string_view path() const { return {path_, path_size_}; }

 private:
  friend class MappedFileWatch;
  std::size_t end_ = 0;   ///< the address behind it
  bool is_data_ = false;  ///< shared and read-only
  bool is_lent_ = false;  ///< zeros in place of missing data
  std::size_t path_size_ = 0;
  char path_[4096];
};

/// Returns the paths of the files that are now mapped into memory as data: shared and read-only.
std::set<std::string> mapped_data_files();

/// Watches the mapped files. Only one watch may exist at a time.
class MappedFileWatch {
 public:
  /// Starts the watch, and records the state of the files that are now mapped read-only.
  explicit MappedFileWatch(std::uint64_t most_digested = std::uint64_t{64} << 20);
  MappedFileWatch(const MappedFileWatch&) = delete;
  MappedFileWatch& operator=(const MappedFileWatch&) = delete;
  ~MappedFileWatch();

  /// Throws assay::Error with the name of the file if data have gone missing since the watch began.
  static void check();

  enum class Change {
    content,
    time  ///< of modification; there is no digest to tell if the content changed, too
  };
  /// Returns the files that were mapped when the watch began and changed since, by their paths. A
  /// file that was only touched is not among them, and neither is one that was replaced by another
  /// one of its name: the old one is still mapped.
  std::map<std::string, Change> changed_files() const;

  /// Handles SIGBUS. Returns true if zeros were lent; the instruction that failed can then be
  /// retried. Uses only system calls (open, read, close, mmap), which take no locks of this
  /// process.
  static bool lend_zeros(const siginfo_t& signal) noexcept;

 private:
  struct Look {
    std::uint64_t device = 0, inode = 0, size = 0;
    std::int64_t seconds = 0, nanoseconds = 0;  ///< when it was written to
    std::optional<std::string> digest;

    explicit Look(const struct stat& status);
    bool is_of_same_file(const Look& other) const {
      return device == other.device && inode == other.inode;
    }
  };
  static std::optional<Look> look_at(const std::string& path);
  /// Returns a digest of the file's content; nothing if it cannot be read, or if another file has
  /// taken its name.
  static std::optional<std::string> digest_of(const std::string& path, const Look& look);
  /// Returns what changed in a file, or nothing.
  static std::optional<Change> change_of(const std::string& path, const Look& before);

  std::map<std::string, Look> files_;
};

}  // namespace assay::base
