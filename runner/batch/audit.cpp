#include "runner/batch/audit.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <stdlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <random>
#include <system_error>

#include "assay/error.h"
#include "runner/base/folder.h"
#include "runner/base/regular_file.h"
#include "runner/batch/freeze.h"
#include "runner/config/reader.h"
#include "runner/plan/yaml_text.h"
#include "runner/run/run_record.h"

namespace assay::batch {
namespace {

namespace fs = std::filesystem;

// Returns the text of a plan whose run has another folder.
std::string plan_for(const fs::path& plan, const fs::path& run_folder) {
  config::Diagnostics diagnostics;
  auto node = config::read_file(plan.string(), diagnostics);
  config::Node* const run_dir = node ? node->find("run_dir") : nullptr;
  if (run_dir == nullptr)
    throw Error(fmt::format("{}: it is damaged: this is no plan", plan.string()));
  run_dir->kind = config::Node::Kind::scalar;
  run_dir->scalar = run_folder.string();
  run_dir->quoted = true;
  return plan::yaml_text(*node);
}

fs::path new_folder_in(const fs::path& folder) {
  std::string path = (folder / "audit.XXXXXX").string();
  if (::mkdtemp(path.data()) == nullptr)
    throw Error(fmt::format("{}: cannot be made: {}", path, std::strerror(errno)));
  return path;
}

// Returns the names of plugins and data files whose content is not that of before, and of the
// program if its version changed.
std::vector<std::string> changes(const run::RunRecord& before, const run::RunRecord& now) {
  std::vector<std::string> changed;
  const auto compare = [&changed](const auto& was, const auto& is, const char* what,
                                  const auto& name) {
    for (const auto& element : is) {
      const auto same = std::ranges::find(was, element.*name, name);
      const bool is_known = same != was.end() && !same->digest.empty() && !element.digest.empty();
      if (is_known && same->digest != element.digest)
        changed.push_back(fmt::format("{} {}", what, element.*name));
    }
  };
  compare(before.plugins, now.plugins, "the plugin", &run::RunRecord::Plugin::name);
  compare(before.data, now.data, "the file", &run::DataFileRecord::path);
  if (before.version != now.version) changed.emplace_back("assay");
  return changed;
}

}  // namespace

Audit::Audit(const Batch& batch, std::span<const Status> statuses, std::size_t count)
    : batch_(batch) {
  std::vector<const BatchRun*> finished;
  for (std::size_t i = 0; i < batch.runs.size(); ++i)
    if (statuses[i].state == State::finished) finished.push_back(&batch.runs[i]);
  std::random_device random;
  std::ranges::sample(finished, std::back_inserter(drawn_), static_cast<std::ptrdiff_t>(count),
                      random);
  folder_ = new_folder_in(batch.folder);
  try {
    Frozen frozen{batch, {}};
    frozen.batch.folder = folder_;
    frozen.batch.runs.clear();
    for (const BatchRun* run : drawn_) {
      BatchRun& again = frozen.batch.runs.emplace_back(*run);
      again.done_in.clear();
      again.files.clear();  // what has changed is told by the comparison
      again.same.clear();
      frozen.plans.push_back(plan_for(plan_of(batch, *run), folder_ / "runs" / run->name));
    }
    again_ = write(frozen);
  } catch (...) {
    std::error_code error;
    fs::remove_all(folder_, error);
    throw;
  }
}

Audit::~Audit() {
  std::error_code error;
  fs::remove_all(folder_, error);
}

std::vector<Audit::Finding> Audit::findings() const {
  std::vector<Finding> findings;
  for (std::size_t i = 0; i < drawn_.size(); ++i)
    findings.push_back(finding(*drawn_[i], again_.runs[i]));
  return findings;
}

Audit::Finding Audit::finding(const BatchRun& before, const BatchRun& again) const {
  const Status now = status_of(again_, again);
  if (now.state != State::finished)
    return {before.name, false,
            now.state == State::failed
                ? fmt::format("it failed when it was run again: {}", now.reason)
                : fmt::format("it was not run again to its end: it is {}", name_of(now.state))};
  const run::RunRecord was = run::read_record(base::Folder(folder_of(batch_, before)));
  const run::RunRecord is = run::read_record(base::Folder(folder_of(again_, again)));
  if (was.weights_digest == is.weights_digest) return {before.name, true, {}};
  const std::vector<std::string> changed = changes(was, is);
  return {before.name, false,
          fmt::format("the weights differ: their digest was {} and is {} when it is run again; {}",
                      was.weights_digest, is.weights_digest,
                      changed.empty()
                          ? std::string("neither plugins nor data changed since, so a component "
                                        "is not deterministic, or the machine is at fault")
                          : fmt::format("{} changed since", fmt::join(changed, ", ")))};
}

}  // namespace assay::batch
