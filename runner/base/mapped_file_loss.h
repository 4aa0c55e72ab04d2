// Protection against data that vanish during a run: another process truncates a file that is mapped
// into memory, or its disk fails. A thread that reads the missing data gets SIGBUS, not an error
// that can be returned or thrown.
//
// While a MappedFileWatch exists, zeros stand in for the missing data, so that the reader goes on,
// and the loss is recorded. Code that has computed with the data calls check() before it uses the
// result.
#pragma once

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

/// Watches the mapped files. Only one watch may exist at a time.
class MappedFileWatch {
 public:
  /// Starts the watch, and records the state of the files that are now mapped read-only.
  MappedFileWatch();
  MappedFileWatch(const MappedFileWatch&) = delete;
  MappedFileWatch& operator=(const MappedFileWatch&) = delete;
  ~MappedFileWatch();

  /// Throws assay::Error with the name of the file if data have gone missing since the watch began.
  static void check();

  /// Returns the paths of the files that were mapped when the watch began and were written to
  /// since. Omits a file that was replaced by another of the same name: the old one is still
  /// mapped.
  std::vector<std::string> changed_files() const;

  /// Handles SIGBUS. Returns true if zeros were lent; the instruction that failed can then be
  /// retried. Uses only system calls (open, read, close, mmap), which take no locks of this
  /// process.
  static bool lend_zeros(const siginfo_t& signal) noexcept;

 private:
  struct Look {
    std::uint64_t device = 0, inode = 0, size = 0;
    std::int64_t seconds = 0, nanoseconds = 0;  ///< the time of the last write
  };
  static std::optional<Look> look_at(const std::string& path);

  std::map<std::string, Look> files_;
};

}  // namespace assay::base
