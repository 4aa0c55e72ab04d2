#include "runner/base/mapped_file_loss.h"

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
#include "runner/base/digest.h"
#include "runner/base/line_reader.h"
#include "runner/base/regular_file.h"

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
  LineReader lines(all_mappings);
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

std::set<std::string> mapped_data_files() {
  std::set<std::string> paths;
  LineReader lines(all_mappings);
  for (std::string_view line; lines.next(line);)
    if (const Mapping mapping(line); mapping.is_data) paths.emplace(mapping.path);
  return paths;
}

MappedFileWatch::MappedFileWatch(std::uint64_t most_digested) {
  for (const std::string& path : mapped_data_files())
    if (const auto look = look_at(path)) files_.emplace(path, *look);
  for (auto& [path, look] : files_) {
    if (look.size > most_digested) continue;
    look.digest = digest_of(path, look);
    most_digested -= look.size;
  }
  page_size = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  loss = Loss::none;
  watched = true;
}
MappedFileWatch::~MappedFileWatch() { watched = false; }

std::map<std::string, MappedFileWatch::Change> MappedFileWatch::changed_files() const {
  std::map<std::string, Change> changed;
  for (const auto& [path, before] : files_)
    if (const auto change = change_of(path, before)) changed.emplace(path, *change);
  return changed;
}

std::optional<MappedFileWatch::Change> MappedFileWatch::change_of(const std::string& path,
                                                                  const Look& before) {
  const auto now = look_at(path);
  if (!now || !now->is_of_same_file(before)) return std::nullopt;
  if (now->size != before.size) return Change::content;
  if (now->seconds == before.seconds && now->nanoseconds == before.nanoseconds) return std::nullopt;
  const auto digest = before.digest ? digest_of(path, before) : std::nullopt;
  if (!digest) return Change::time;
  return digest == before.digest ? std::nullopt : std::optional(Change::content);
}

MappedFileWatch::Look::Look(const struct stat& status)
    : device(status.st_dev),
      inode(status.st_ino),
      size(static_cast<std::uint64_t>(status.st_size)),
      seconds(status.st_mtim.tv_sec),
      nanoseconds(status.st_mtim.tv_nsec) {}

std::optional<MappedFileWatch::Look> MappedFileWatch::look_at(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return Look(status);
}

std::optional<std::string> MappedFileWatch::digest_of(const std::string& path, const Look& look) {
  try {
    const RegularFile file(path);
    struct stat status {};
    if (::fstat(file.descriptor(), &status) != 0 || !Look(status).is_of_same_file(look))
      return std::nullopt;
    Digest digest;
    digest.add(file);
    return digest.text();
  } catch (const Error&) {
    return std::nullopt;
  }
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
