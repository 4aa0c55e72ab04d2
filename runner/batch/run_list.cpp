#include "runner/batch/run_list.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "assay/error.h"
#include "runner/base/file_descriptor.h"
#include "runner/base/words.h"
#include "runner/run/brief_record.h"
#include "runner/run/run_folder.h"

namespace assay::batch {
namespace {

namespace fs = std::filesystem;

constexpr int deepest = 8;  // folders below the one that was named

struct Close {
  void operator()(DIR* folder) const { ::closedir(folder); }
};
using Entries = std::unique_ptr<DIR, Close>;

bool may_be_folder(int parent, const dirent& entry) {
  if (entry.d_name[0] == '.') return false;
  if (entry.d_type == DT_DIR) return true;
  if (entry.d_type != DT_UNKNOWN && entry.d_type != DT_LNK) return false;
  struct stat facts {};
  return ::fstatat(parent, entry.d_name, &facts, 0) == 0 && S_ISDIR(facts.st_mode);
}

State state_of(const run::RunRecord& record, const fs::path& folder) {
  if (record.state == "finished" && record.complete) return State::finished;
  if (record.state == "failed") return State::failed;
  const bool may_run = record.state == "running" || !record.complete;
  return may_run && run::lock_of(folder) == run::Lock::held ? State::running : State::interrupted;
}

// Walks through folders. A folder with a run.json is a run, and nothing in it is looked at.
class Walk {
 public:
  explicit Walk(RunList& list) : list_(list) {}

  void into(int parent, const char* name, const std::string& path, int depth) {
    const int folder = ::openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) {
      if (depth > 0) return;
      throw Error(
          fmt::format("{}: cannot be opened: {}", path_of(path).string(), std::strerror(errno)));
    }
    const Entries entries(::fdopendir(folder));
    if (!entries) {
      ::close(folder);
      return;
    }
    if (depth > 0 && take_run(folder, path)) return;
    if (depth == deepest) return;
    while (const dirent* entry = ::readdir(entries.get()))
      if (may_be_folder(folder, *entry))
        into(folder, entry->d_name, path.empty() ? entry->d_name : path + "/" + entry->d_name,
             depth + 1);
  }

 private:
  fs::path path_of(const std::string& path) const {
    return path.empty() ? list_.batch.folder : list_.batch.folder / path;
  }

  // Returns false if the folder is not that of a run.
  bool take_run(int folder, const std::string& path) {
    if (!read_text(folder, "run.json", buffer_))
      return ::faccessat(folder, "run.json", F_OK, 0) == 0 && ++list_.damaged > 0;
    auto record = run::read_brief(buffer_, run::BriefPart::result_and_plan);
    if (!record) return ++list_.damaged > 0;
    BatchRun& run = list_.batch.runs.emplace_back();
    run.name = path;
    run.done_in = path_of(path).string();
    Status& status = list_.statuses.emplace_back();
    status.state = state_of(*record, run.done_in);
    if (status.state == State::failed) status.reason = record->reason;
    else if (status.state == State::finished) status.reason = reason_of(*record);
    status.record = std::move(record);
    return true;
  }

  RunList& list_;
  std::string buffer_;
};

// Sorts the runs by their names.
void sort_runs(RunList& list) {
  std::vector<std::pair<BatchRun, Status>> all;
  for (std::size_t i = 0; i < list.statuses.size(); ++i)
    all.emplace_back(std::move(list.batch.runs[i]), std::move(list.statuses[i]));
  std::ranges::sort(all, {}, [](const auto& one) -> const std::string& { return one.first.name; });
  list.batch.runs.clear();
  list.statuses.clear();
  for (auto& [run, status] : all) {
    list.batch.runs.push_back(std::move(run));
    list.statuses.push_back(std::move(status));
  }
}

// Finds the keys of the plans that all runs have, and that differ.
void find_keys(RunList& list) {
  std::map<std::string, std::string> first = list.statuses.front().record->plan;
  std::set<std::string> differing;
  for (const Status& status : list.statuses) {
    const auto& plan = status.record->plan;
    std::erase_if(first, [&](const auto& entry) {
      const auto found = plan.find(entry.first);
      if (found == plan.end()) return true;
      if (found->second != entry.second) differing.insert(entry.first);
      return false;
    });
  }
  for (const auto& [key, value] : first)
    if (differing.contains(key)) list.batch.keys.push_back(key);
  for (std::size_t i = 0; i < list.statuses.size(); ++i) {
    auto& plan = list.statuses[i].record->plan;
    for (const std::string& key : list.batch.keys)
      list.batch.runs[i].point.push_back({key, plan.at(key)});
    plan.clear();
  }
}

}  // namespace

RunList list_runs(const fs::path& folder) {
  RunList list;
  std::error_code error;
  if (fs::exists(folder / "batch.json", error)) {
    list.batch = read_batch(folder);
    list.statuses = statuses_of(list.batch);
    return list;
  }
  if (fs::exists(folder / "run.json", error))
    throw Error(
        fmt::format("{}: this is the folder of one run; assay describe shows it, and assay "
                    "runs {} lists all beside it",
                    folder.string(), base::shell_quoted(folder.parent_path().string())));
  list.is_batch = false;
  list.batch.folder = folder;
  Walk(list).into(AT_FDCWD, folder.c_str(), {}, 0);
  if (list.statuses.empty())
    throw Error(fmt::format("{}: there are no runs in this folder{}", folder.string(),
                            list.damaged > 0 ? " with a run.json that can be read" : ""));
  sort_runs(list);
  find_keys(list);
  return list;
}

}  // namespace assay::batch
