// Data that vanish under a run: a file that is mapped into memory is cut short by somebody, or its
// disk fails. Whoever reads there gets SIGBUS, and no error that could be returned or thrown.
//
// While a MappedFileWatch lives, zeros are lent in place of what is missing, so that the reader
// goes on, and the loss is remembered. Whoever has computed with the data asks check() before the
// result is used.
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

/// The file that is mapped into memory at an address. Its path is empty where there is none, and cut
/// where it is too long. May be made in a signal handler.
class MappedFile {
 public:
  explicit MappedFile(const void* address) noexcept;
  std::string_view path() const { return {path_, path_size_}; }

 private:
  friend class MappedFileWatch;
  std::size_t end_ = 0;   ///< the address behind it
  bool is_data_ = false;  ///< shared, and only to be read
  bool is_lent_ = false;  ///< zeros that stand for what is missing
  std::size_t path_size_ = 0;
  char path_[4096];
};

/// One at a time.
class MappedFileWatch {
 public:
  /// Begins the watch, and remembers how the files look that are mapped now to be read.
  MappedFileWatch();
  MappedFileWatch(const MappedFileWatch&) = delete;
  MappedFileWatch& operator=(const MappedFileWatch&) = delete;
  ~MappedFileWatch();

  /// Throws assay::Error that names the file where data have been missing since the watch began.
  static void check();

  /// Returns the paths of the files that were mapped when the watch began and were written to
  /// since. A file that was replaced by another one of its name is not among them: the old one is
  /// still mapped.
  std::vector<std::string> changed_files() const;

  /// For a handler of SIGBUS. Returns true where zeros were lent: the instruction that failed can
  /// be tried again. Makes system calls only (open, read, close, mmap), which take no locks of this
  /// process.
  static bool lend_zeros(const siginfo_t& signal) noexcept;

 private:
  struct Look {
    std::uint64_t device = 0, inode = 0, size = 0;
    std::int64_t seconds = 0, nanoseconds = 0;  ///< when it was written to
  };
  static std::optional<Look> look_at(const std::string& path);

  std::map<std::string, Look> files_;
};

}  // namespace assay::base
