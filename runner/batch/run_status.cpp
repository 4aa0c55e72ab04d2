#include "runner/batch/run_status.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "assay/error.h"
#include "runner/base/atomic_file.h"
#include "runner/run/brief_record.h"

namespace assay::batch {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t most_bytes = std::uint64_t{16} << 20;  // far above the size of any

fs::path attempt_of(const Batch& batch, const BatchRun& run) {
  return batch.folder / "attempts" / (run.name + ".json");
}

std::optional<Attempt> attempt_in(const std::string& text) {
  try {
    const auto json = nlohmann::json::parse(text);
    return Attempt{json.at("number").get<std::int64_t>(), json.at("failed").get<bool>(),
                   json.value("reason", ""), json.value("host", ""), json.value("seconds", 0.0)};
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

struct flock whole_file(short kind) {
  struct flock lock {};
  lock.l_type = kind;
  lock.l_whence = SEEK_SET;
  return lock;
}

bool is_claimed(int folder, const std::string& plan) {
  const base::FileDescriptor file(::openat(folder, plan.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return false;
  struct flock lock = whole_file(F_WRLCK);
  return ::fcntl(file.get(), F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

// The folders of a batch. Paths of files are looked up from these, which is faster than from the
// root where there are many.
struct Places {
  base::FileDescriptor attempts, runs, plans;
};

Status status_in(const Batch& batch, const BatchRun& run, const Places& places,
                 std::string& buffer) {
  const auto path = [&](const base::FileDescriptor& place, const char* folder,
                        const std::string& name) {
    return place.get() >= 0 ? name : (batch.folder / folder / name).string();
  };
  Status status;
  if (read_text(places.attempts.get(), path(places.attempts, "attempts", run.name + ".json"),
                buffer))
    status.attempt = attempt_in(buffer);
  const std::string record = run.done_in.empty() ? path(places.runs, "runs", run.name + "/run.json")
                                                 : run.done_in + "/run.json";
  if (read_text(places.runs.get(), record, buffer)) status.record = run::read_brief(buffer);
  const bool has_record = status.record.has_value();
  if (has_record && status.record->state == "finished" && status.record->complete) {
    status.state = State::finished;
    status.reason = reason_of(*status.record);
  } else if (is_claimed(places.plans.get(), path(places.plans, "plans", run.name + ".yaml"))) {
    status.state = State::running;
  } else if (status.attempt && status.attempt->failed) {
    status.state = State::failed;
    status.reason = status.attempt->reason;
  } else if (has_record && status.record->state == "failed" && status.attempt) {
    status.state = State::failed;
    status.reason = status.record->reason;
  } else if (has_record) {
    status.state = State::interrupted;
  }
  return status;
}

}  // namespace

std::string_view name_of(State state) {
  switch (state) {
    case State::waiting: return "waiting";
    case State::running: return "running";
    case State::interrupted: return "interrupted";
    case State::finished: return "finished";
    case State::failed: return "failed";
  }
  return {};
}

std::string reason_of(const run::RunRecord& finished) {
  const std::vector<std::string>& failures = finished.failures;
  if (failures.size() < 2) return failures.empty() ? "" : failures.front();
  return fmt::format("{} (and {} more)", failures.front(), failures.size() - 1);
}

base::FileDescriptor open_folder(const fs::path& folder) {
  return base::FileDescriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

bool read_text(int folder, const std::string& path, std::string& text) {
  const base::FileDescriptor file(
      ::openat(folder, path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat facts {};
  if (file.get() < 0 || ::fstat(file.get(), &facts) != 0 || !S_ISREG(facts.st_mode)) return false;
  const auto size = static_cast<std::uint64_t>(facts.st_size);
  if (size > most_bytes) return false;
  text.resize(static_cast<std::size_t>(size));
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t count = ::read(file.get(), text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    done += static_cast<std::size_t>(count);
  }
  text.resize(done);
  return true;
}

Status status_of(const Batch& batch, const BatchRun& run) {
  std::string buffer;
  return status_in(batch, run, {}, buffer);
}

bool is_claimed(const Batch& batch, const BatchRun& run) {
  return is_claimed(AT_FDCWD, plan_of(batch, run).string());
}

std::vector<Status> statuses_of(const Batch& batch) {
  const Places places = {open_folder(batch.folder / "attempts"), open_folder(batch.folder / "runs"),
                         open_folder(batch.folder / "plans")};
  std::string buffer;
  std::vector<Status> statuses;
  statuses.reserve(batch.runs.size());
  for (const BatchRun& run : batch.runs) statuses.push_back(status_in(batch, run, places, buffer));
  return statuses;
}

void write_attempt(const Batch& batch, const BatchRun& run, const Attempt& attempt) {
  const nlohmann::ordered_json json = {{"number", attempt.number},
                                       {"failed", attempt.failed},
                                       {"reason", attempt.reason},
                                       {"host", attempt.host},
                                       {"seconds", attempt.seconds}};
  base::write_atomically(
      attempt_of(batch, run),
      json.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n",
      base::Sync::later);
}

void forget_attempt(const Batch& batch, const BatchRun& run) {
  const fs::path path = attempt_of(batch, run);
  if (::unlink(path.c_str()) != 0 && errno != ENOENT)
    throw Error(fmt::format("{}: cannot be removed: {}", path.string(), std::strerror(errno)));
}

std::optional<Claim> Claim::take(const Batch& batch, const BatchRun& run) {
  const fs::path path = plan_of(batch, run);
  base::FileDescriptor file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  if (file.get() < 0)
    throw Error(fmt::format("{}: cannot be opened: {}", path.string(), std::strerror(errno)));
  struct flock lock = whole_file(F_WRLCK);
  if (::fcntl(file.get(), F_OFD_SETLK, &lock) == 0) return Claim(std::move(file));
  if (errno == EAGAIN || errno == EACCES) return std::nullopt;
  throw Error(fmt::format("{}: cannot be locked: {}; a batch needs a file system with locks",
                          path.string(), std::strerror(errno)));
}

}  // namespace assay::batch
