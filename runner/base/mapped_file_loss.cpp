#include "runner/base/mapped_file_loss.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "assay/error.h"

namespace assay::base {
namespace {

// These are globals because a signal handler can reach nothing else.
enum class Loss { none, noting, noted };
std::atomic<bool> watched = false;
std::atomic<Loss> loss = Loss::none;
std::array<char, 4096> lost_path;
std::size_t lost_path_size = 0;
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<Loss>::is_always_lock_free);

std::size_t page_size = 4096;  // asked for when a watch begins

// Reads lines without allocating memory.
class Lines {
 public:
  explicit Lines(const char* path) : file_(::open(path, O_RDONLY | O_CLOEXEC)) {}
  Lines(const Lines&) = delete;
  Lines& operator=(const Lines&) = delete;
  ~Lines() {
    if (file_ >= 0) ::close(file_);
  }

  // Returns false at the end. A line that is too long is cut.
  bool next(std::string_view& line) {
    std::size_t size = 0;
    for (char c = 0; get(c);) {
      if (c == '\n') {
        line = {line_.data(), size};
        return true;
      }
      if (size < line_.size()) line_[size++] = c;
    }
    return false;
  }

 private:
  bool get(char& c) {
    if (at_ == end_) {
      ssize_t count = 0;
      do count = ::read(file_, part_.data(), part_.size());
      while (count < 0 && errno == EINTR);
      if (count <= 0) return false;
      at_ = 0;
      end_ = static_cast<std::size_t>(count);
    }
    c = part_[at_++];
    return true;
  }

  int file_;
  std::array<char, 4096> part_;
  std::array<char, 4096 + 128> line_;
  std::size_t at_ = 0, end_ = 0;
};

// Removes and returns the first word, which ends before `end`. Removes `end` as well.
std::string_view take(std::string_view& line, char end) {
  const std::size_t size = std::min(line.find(end), line.size());
  const std::string_view word = line.substr(0, size);
  line.remove_prefix(std::min(size + 1, line.size()));
  return word;
}

std::size_t hexadecimal(std::string_view digits) {
  std::size_t value = 0;
  for (const char c : digits)
    value = value * 16 + static_cast<std::size_t>(c <= '9' ? c - '0' : c - 'a' + 10);
  return value;
}

// A line of /proc/self/maps: "7f00-7f10 r--s 00000000 fd:01 1234   /data/samples.npy".
struct Mapping {
  explicit Mapping(std::string_view line)
      : begin(hexadecimal(take(line, '-'))), end(hexadecimal(take(line, ' '))) {
    const std::string_view permissions = take(line, ' ');
    for (int i = 0; i < 3; ++i) take(line, ' ');  // offset, device, inode
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    if (line.starts_with('/')) path = line;
    is_data = permissions == "r--s" && !path.empty();
    is_lent = permissions == "r--p" && line.empty();
  }
  std::size_t begin, end;  // addresses
  bool is_data;            // the mapping of a file, shared and read-only
  bool is_lent;            // mapped by lend_zeros()
  std::string_view path;
};

constexpr const char* all_mappings = "/proc/self/maps";

}  // namespace

MappedFile::MappedFile(const void* address) noexcept {
  const auto wanted = reinterpret_cast<std::uintptr_t>(address);
  Lines lines(all_mappings);
  for (std::string_view line; lines.next(line);) {
    const Mapping mapping(line);
    if (wanted < mapping.begin || wanted >= mapping.end) continue;
    end_ = mapping.end;
    is_data_ = mapping.is_data;
    is_lent_ = mapping.is_lent;
    path_size_ = std::min(mapping.path.size(), sizeof path_);
    std::copy_n(mapping.path.data(), path_size_, path_);
    return;
  }
}

MappedFileWatch::MappedFileWatch() {
  Lines lines(all_mappings);
  for (std::string_view line; lines.next(line);)
    if (const Mapping mapping(line); mapping.is_data) {
      const std::string path(mapping.path);
      if (const auto look = look_at(path)) files_.emplace(path, *look);
    }
  page_size = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  loss = Loss::none;
  watched = true;
}
MappedFileWatch::~MappedFileWatch() { watched = false; }

std::vector<std::string> MappedFileWatch::changed_files() const {
  std::vector<std::string> changed;
  for (const auto& [path, before] : files_) {
    const auto now = look_at(path);
    if (!now || now->device != before.device || now->inode != before.inode) continue;
    if (now->size != before.size || now->seconds != before.seconds ||
        now->nanoseconds != before.nanoseconds)
      changed.push_back(path);
  }
  return changed;
}

std::optional<MappedFileWatch::Look> MappedFileWatch::look_at(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return Look{status.st_dev, status.st_ino, static_cast<std::uint64_t>(status.st_size),
              status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

void MappedFileWatch::check() {
  if (loss.load() == Loss::none) return;
  const std::string_view path =
      loss.load() == Loss::noted ? std::string_view(lost_path.data(), lost_path_size) : "a file";
  throw Error(
      fmt::format("{}: data were missing when they were read: the file was cut short, or its disk "
                  "failed. What a run reads must stay as it is until the run ends; to replace a "
                  "file, write another one and rename it",
                  path));
}

bool MappedFileWatch::lend_zeros(const siginfo_t& signal) noexcept {
  if (!watched || signal.si_code != BUS_ADRERR) return false;
  const int error = errno;
  const MappedFile file(signal.si_addr);
  // Zeros must not replace a file that is not read-only, or a program's code. Another thread that
  // read the same place may have lent zeros by now.
  bool lent = file.is_lent_;
  if (file.is_data_) {
    const auto address = reinterpret_cast<std::uintptr_t>(signal.si_addr);
    const std::uintptr_t page = address / page_size * page_size;
    // The rest of the file is most likely missing as well.
    lent = ::mmap(reinterpret_cast<void*>(page), file.end_ - page, PROT_READ,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0) != MAP_FAILED;
    Loss none = Loss::none;
    if (lent && loss.compare_exchange_strong(none, Loss::noting)) {
      std::copy_n(file.path_, file.path_size_, lost_path.data());
      lost_path_size = file.path_size_;
      loss = Loss::noted;
    }
  }
  errno = error;
  return lent;
}

}  // namespace assay::base
