#include "runner/batch/run_key.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>
#include <utility>

#include "assay/error.h"
#include "runner/base/digest.h"
#include "runner/experiment/data_files.h"
#include "runner/plugin_host/search_path.h"
#include "runner/run/same_run.h"
#include "runner/run/used_libraries.h"

namespace assay::batch {
namespace {

// Returns the file that a path of a plan means: "assay:NAME" is a file that comes with Assay.
std::filesystem::path on_disk(std::string_view path) {
  constexpr std::string_view of_assay = "assay:";
  if (!path.starts_with(of_assay)) return path;
  return plugin_host::program_places().data / path.substr(of_assay.size());
}

}  // namespace

std::string RunKey::text() const {
  return base::digest(fmt::format("{}\n{}\n{}\n{}\n", plan, data, plugins, program));
}

std::vector<std::string> differences(const RunKey& before, const RunKey& now) {
  std::vector<std::string> parts;
  if (before.plan != now.plan) parts.emplace_back("the plan");
  if (before.data != now.data) parts.emplace_back("the data");
  if (before.plugins != now.plugins) parts.emplace_back("a plugin");
  if (before.program != now.program) parts.emplace_back("the program");
  return parts;
}

KeyMaker::Made KeyMaker::key_of(const plan::Plan& plan) {
  Made made;
  RunKey& key = made.key;
  std::map<std::string, std::string> values = run::deciding_values(plan);
  std::set<std::string> paths = experiment::paths_read_by(plan, host_);
  std::string contents;
  const experiment::DataFiles files(plan.dataset,
                                    host_.parameters(Kind::dataset, plan.dataset.type));
  for (const experiment::DataFile& file : files.files()) {
    contents += fmt::format("{} {}\n", file.option, digest_for(made, on_disk(file.path)));
    values.erase("dataset." + file.option);
    paths.erase(file.path);
  }
  if (plan.init_from) {
    contents += fmt::format("init_from {}\n", digest_for(made, plan.init_from->file));
    values.erase("model.init_from.file");
  }
  for (const std::string& path : paths) contents += digest_for(made, path) + "\n";
  key.data = contents.empty() ? "none" : base::digest(contents);
  std::string lines;
  for (const auto& [name, value] : values) lines += fmt::format("{}: {}\n", name, value);
  key.plan = base::digest(lines);
  const run::UsedLibraries used = run::libraries_of(plan, host_);
  std::set<std::string> libraries;  // by content: the same library elsewhere is the same
  for (const auto* part : {&used.computing, &used.logging})
    for (const std::string& library : *part) libraries.insert(digest_for(made, library));
  key.plugins = base::digest(fmt::format("{}", fmt::join(libraries, "\n")));
  key.program = digest_of("/proc/self/exe");
  return made;
}

const std::string& KeyMaker::digest_for(Made& made, const std::filesystem::path& file) {
  const std::string& digest = digest_of(file);
  const std::string path = std::filesystem::absolute(file).string();
  const auto [place, is_new] = places_.emplace(path, files_.size());
  if (is_new) {
    std::vector<run::DataFileRecord> found = run::look_at_data({path});
    if (found.empty()) throw Error(fmt::format("{}: it was removed meanwhile", path));
    files_.push_back(std::move(found.front()));
    files_.back().digest = digest;
  }
  if (std::ranges::count(made.files, place->second) == 0) made.files.push_back(place->second);
  return digest;
}

const std::string& KeyMaker::digest_of(const std::filesystem::path& file) {
  struct stat found {};
  if (::stat(file.c_str(), &found) != 0)
    throw Error(fmt::format("{}: cannot be read: {}", file.string(), std::strerror(errno)));
  std::string& digest =
      digests_[fmt::format("{} {} {} {}.{}", found.st_dev, found.st_ino, found.st_size,
                           found.st_mtim.tv_sec, found.st_mtim.tv_nsec)];
  if (digest.empty()) digest = base::file_digest(file);
  return digest;
}

}  // namespace assay::batch
