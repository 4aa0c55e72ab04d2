#include "runner/batch/run_status.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "assay/error.h"
#include "runner/base/atomic_file.h"
#include "runner/base/regular_file.h"

namespace assay::batch {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t most_bytes = 1 << 20;

fs::path attempt_of(const Batch& batch, const BatchRun& run) {
  return batch.folder / "attempts" / (run.name + ".json");
}

std::optional<Attempt> read_attempt(const Batch& batch, const BatchRun& run) {
  const fs::path path = attempt_of(batch, run);
  std::error_code error;
  if (!fs::exists(path, error)) return std::nullopt;
  try {
    const auto json = nlohmann::json::parse(base::RegularFile(path).text(most_bytes));
    return Attempt{json.at("number").get<std::int64_t>(), json.at("failed").get<bool>(),
                   json.value("reason", ""), json.value("host", ""), json.value("seconds", 0.0)};
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::optional<run::RunRecord> record_in(const fs::path& folder) {
  std::error_code error;
  if (!fs::exists(folder / "run.json", error)) return std::nullopt;
  try {
    return run::read_record(base::Folder(folder));
  } catch (const Error&) {
    return std::nullopt;
  }
}

struct flock whole_file(short kind) {
  struct flock lock {};
  lock.l_type = kind;
  lock.l_whence = SEEK_SET;
  return lock;
}

bool is_claimed(const Batch& batch, const BatchRun& run) {
  const base::FileDescriptor file(::open(plan_of(batch, run).c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return false;
  struct flock lock = whole_file(F_WRLCK);
  return ::fcntl(file.get(), F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
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

Status status_of(const Batch& batch, const BatchRun& run) {
  Status status;
  status.attempt = read_attempt(batch, run);
  status.record = record_in(folder_of(batch, run));
  const bool has_record = status.record.has_value();
  if (has_record && status.record->state == "finished" && status.record->complete) {
    status.state = State::finished;
  } else if (is_claimed(batch, run)) {
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
