#include "runner/batch/batch.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "assay/error.h"
#include "runner/base/atomic_file.h"
#include "runner/base/regular_file.h"

namespace assay::batch {
namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

constexpr std::uint64_t most_bytes = std::uint64_t{1} << 30;
constexpr int format = 1;

Json json_of(const Point& point) {
  Json json = Json::object();
  for (const Setting& setting : point) json[setting.key] = setting.value;
  return json;
}

Json json_of(const BatchRun& run) {
  Json json = {{"name", run.name},
               {"config", run.config},
               {"point", json_of(run.point)},
               {"key",
                {{"plan", run.key.plan},
                 {"data", run.key.data},
                 {"plugins", run.key.plugins},
                 {"program", run.key.program}}}};
  if (!run.done_in.empty()) json["done_in"] = run.done_in;
  if (!run.again.empty()) json["again"] = run.again;
  if (!run.same.empty()) json["same"] = run.same;
  if (run.sets_threads) json["sets_threads"] = true;
  if (!run.files.empty()) json["files"] = run.files;
  return json;
}

Json json_of(const run::DataFileRecord& file) {
  return {{"path", file.path},
          {"size", file.size},
          {"modified", file.modified},
          {"digest", file.digest}};
}

run::DataFileRecord file_of(const Json& json) {
  return {json.at("path").get<std::string>(), json.at("size").get<std::uint64_t>(),
          json.at("modified").get<std::int64_t>(), json.at("digest").get<std::string>()};
}

BatchRun run_of(const Json& json) {
  BatchRun run;
  run.name = json.at("name").get<std::string>();
  run.config = json.at("config").get<std::string>();
  for (const auto& [key, value] : json.at("point").items())
    run.point.push_back({key, value.get<std::string>()});
  const Json& key = json.at("key");
  run.key = {key.at("plan").get<std::string>(), key.at("data").get<std::string>(),
             key.at("plugins").get<std::string>(), key.at("program").get<std::string>()};
  run.done_in = json.value("done_in", "");
  run.again = json.value("again", "");
  run.same = json.value("same", std::vector<std::string>());
  run.sets_threads = json.value("sets_threads", false);
  run.files = json.value("files", std::vector<std::size_t>());
  std::error_code error;
  if (!run.done_in.empty() && !fs::exists(fs::path(run.done_in) / "run.json", error)) {
    run.again = fmt::format("{} is gone, where it was done before", run.done_in);
    run.done_in.clear();
  }
  return run;
}

}  // namespace

std::vector<std::string> changed_files(const Batch& batch, const BatchRun& run) {
  std::vector<std::string> changed;
  for (const std::size_t place : run.files) {
    if (place >= batch.files.size()) continue;
    const run::DataFileRecord& before = batch.files[place];
    std::vector<run::DataFileRecord> now = run::look_at_data({before.path});
    if (!run::data_changes({before}, now).empty()) changed.push_back(before.path);
  }
  return changed;
}

fs::path plan_of(const Batch& batch, const BatchRun& run) {
  return batch.folder / "plans" / (run.name + ".yaml");
}

fs::path folder_of(const Batch& batch, const BatchRun& run) {
  return run.done_in.empty() ? batch.folder / "runs" / run.name : fs::path(run.done_in);
}

fs::path log_of(const Batch& batch, const BatchRun& run) {
  return batch.folder / "logs" / (run.name + ".txt");
}

fs::path progress_of(const Batch& batch, const BatchRun& run) {
  return batch.folder / "progress" / run.name;
}

void write_batch(const base::Folder& folder, const Batch& batch) {
  Json json = {{"format", format},         {"name", batch.name},
               {"created", batch.created}, {"arguments", batch.arguments},
               {"keys", batch.keys},       {"plugin_path", batch.plugin_path},
               {"files", Json::array()},   {"runs", Json::array()}};
  for (const run::DataFileRecord& file : batch.files) json["files"].push_back(json_of(file));
  for (const BatchRun& run : batch.runs) json["runs"].push_back(json_of(run));
  base::write_atomically(folder, "batch.json",
                         json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
}

Batch read_batch(const fs::path& path) {
  std::error_code error;
  if (fs::is_directory(path, error) && !fs::exists(path / "batch.json", error))
    throw Error(fmt::format("{}: it has no batch.json, so it is no batch; `assay batch` makes them",
                            path.string()));
  const base::Folder folder(path);
  const base::RegularFile file(folder, "batch.json");
  const std::string text = file.text(most_bytes);
  try {
    const Json json = Json::parse(text);
    if (json.at("format") != format)
      throw Error(fmt::format("{}: it was written by a later assay", file.path()));
    Batch batch;
    batch.name = json.at("name").get<std::string>();
    batch.created = json.at("created").get<std::string>();
    batch.arguments = json.at("arguments").get<std::vector<std::string>>();
    batch.keys = json.at("keys").get<std::vector<std::string>>();
    batch.plugin_path = json.at("plugin_path").get<std::vector<std::string>>();
    // Older batches have none.
    if (json.contains("files"))
      for (const Json& of_file : json.at("files")) batch.files.push_back(file_of(of_file));
    for (const Json& run : json.at("runs")) batch.runs.push_back(run_of(run));
    batch.folder = path;
    return batch;
  } catch (const nlohmann::json::exception&) {
    throw Error(fmt::format("{}: it is damaged: it is not what `assay batch` writes", file.path()));
  }
}

}  // namespace assay::batch
