#include "runner/run/data_digests.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <map>
#include <new>
#include <optional>
#include <span>
#include <system_error>
#include <utility>

#include "assay/error.h"
#include "assay/number_text.h"
#include "runner/base/digest.h"
#include "runner/base/regular_file.h"

namespace assay::run {
namespace {

namespace fs = std::filesystem;

constexpr int lowest_priority = 19;
constexpr std::uint64_t taken_at_once = std::uint64_t{1} << 20;  // bytes in all, which take no time

// Returns the sizes of all files in a folder, by their paths in it.
std::map<std::string, std::uint64_t> listing(const fs::path& folder) {
  std::map<std::string, std::uint64_t> sizes;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error))
    if (std::error_code none; entry->is_regular_file(none))
      sizes[entry->path().lexically_relative(folder).string()] = entry->file_size(none);
  return sizes;
}

// Returns the digest of names and sizes.
std::string digest_of(const std::map<std::string, std::uint64_t>& listing) {
  base::Digest digest;
  for (const auto& [name, size] : listing) {
    const std::string line = fmt::format("{}\n{}\n", name, size);
    digest.add(std::as_bytes(std::span(line)));
  }
  return digest.text();
}

std::optional<DataFileRecord> look_at(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  DataFileRecord file{.path = path, .digest = {}};
  if (S_ISDIR(status.st_mode)) {
    const auto sizes = listing(path);
    for (const auto& [name, size] : sizes) file.size += size;
    file.digest = digest_of(sizes);
  } else {
    constexpr std::int64_t second = 1'000'000'000;
    file.size = static_cast<std::uint64_t>(status.st_size);
    // A time beyond the year 2262 counts in seconds.
    if (__builtin_mul_overflow(status.st_mtim.tv_sec, second, &file.modified) ||
        __builtin_add_overflow(file.modified, status.st_mtim.tv_nsec, &file.modified))
      file.modified = status.st_mtim.tv_sec;
  }
  return file;
}

// Returns the digest of a file's content; nothing if it cannot be read or is told to stop.
std::string content_digest(const std::string& path, const std::stop_token& stop = {}) {
  try {
    const base::RegularFile file(path);
    std::vector<std::byte> piece(std::size_t{1} << 20);
    base::Digest digest;
    for (std::uint64_t at = 0; at < file.size(); at += piece.size()) {
      if (stop.stop_requested()) return {};
      const auto now = std::span(piece).first(
          static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), file.size() - at)));
      file.read(at, now);
      digest.add(now);
    }
    return digest.text();
  } catch (const Error&) {
    return {};
  }
}

// Returns how a file has changed; nothing if it has not.
std::optional<std::string> change_of(const DataFileRecord& began, DataFileRecord& now) {
  if (began.size != now.size)
    return fmt::format("the data in {} have changed: it had {} bytes and has {}", now.path,
                       grouped(began.size), grouped(now.size));
  if (began.modified == now.modified && now.digest.empty()) now.digest = began.digest;
  if (began.modified == now.modified && began.digest == now.digest) return std::nullopt;
  if (began.digest.empty())
    return fmt::format(
        "the data in {} may have changed: the file was written to since then, and the run ended "
        "before the digest of its content was known",
        now.path);
  if (now.digest.empty()) now.digest = content_digest(now.path);
  if (began.digest == now.digest) return std::nullopt;
  return fmt::format("the data in {} have changed: their digest was {} and is {}", now.path,
                     began.digest, now.digest);
}

}  // namespace

std::vector<std::string> data_changes(const std::vector<DataFileRecord>& began,
                                      std::vector<DataFileRecord>& now) {
  std::vector<std::string> changes;
  for (DataFileRecord& file : now) {
    const auto before = std::ranges::find(began, file.path, &DataFileRecord::path);
    if (before == began.end()) continue;
    if (auto change = change_of(*before, file)) changes.push_back(std::move(*change));
  }
  return changes;
}

std::vector<DataFileRecord> look_at_data(const std::set<std::string>& paths) {
  std::vector<DataFileRecord> files;
  for (const std::string& path : paths)
    if (auto file = look_at(path)) files.push_back(std::move(*file));
  return files;
}

DataDigests::DataDigests(std::vector<DataFileRecord> files) : files_(std::move(files)) {
  std::uint64_t rest = taken_at_once;
  done_ = true;
  for (DataFileRecord& file : files_) {
    if (!file.digest.empty()) continue;
    if (file.size > rest) {
      done_ = false;
      continue;
    }
    rest -= file.size;
    file.digest = content_digest(file.path);
  }
  if (done_) return;
  try {
    thread_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
  } catch (const std::system_error&) {
    done_ = true;
  }
}

void DataDigests::work(const std::stop_token& stop) {
  // On Linux this is the priority of the thread.
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), lowest_priority);
  const std::size_t count = files_.size();  // which does not change
  for (std::size_t i = 0; i < count; ++i) {
    try {
      const std::string path = files_[i].path;  // nor does this
      if (!files_[i].digest.empty()) continue;  // only this thread sets it from now on
      std::string digest = content_digest(path, stop);
      const std::lock_guard lock(mutex_);
      files_[i].digest = std::move(digest);
    } catch (const std::bad_alloc&) {
      // The digest stays unknown.
    }
  }
  const std::lock_guard lock(mutex_);
  done_ = true;
  done_changed_.notify_all();
}

std::vector<DataFileRecord> DataDigests::files() const {
  const std::lock_guard lock(mutex_);
  return files_;
}

void DataDigests::wait_for(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  done_changed_.wait_for(lock, patience, [this] { return done_; });
}

}  // namespace assay::run
