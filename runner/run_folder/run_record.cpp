#include "runner/run_folder/run_record.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <thread>

#include "assay/error.h"

namespace assay::run_folder {
namespace {

std::string iso(std::chrono::system_clock::time_point time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}Z",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

// JSON has no NaN and no infinities; nlohmann/json would write null.
nlohmann::ordered_json number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  return value;
}

nlohmann::ordered_json host() {
  utsname system{};
  uname(&system);
  return {{"name", system.nodename},
          {"system", fmt::format("{} {} {}", system.sysname, system.release, system.machine)},
          {"cores", std::thread::hardware_concurrency()},
          {"pid", getpid()}};
}

std::string text_of(const RunRecord& record, bool shortened) {
  nlohmann::ordered_json json;
  json["name"] = record.name;
  json["overrides"] = record.overrides;
  json["state"] = record.state;
  if (!record.reason.empty()) json["reason"] = record.reason;
  json["start"] = iso(record.start);
  if (record.end) json["end"] = iso(*record.end);
  else json["updated"] = iso(std::chrono::system_clock::now());
  if (!record.locked) json["locked"] = false;
  if (shortened) json["shortened"] = "the whole record could not be written";
  json["steps"] = record.steps;
  json["total_steps"] = record.total_steps;
  json["training_seconds"] = number(record.training_seconds);
  json["waited_for_logging_seconds"] = number(record.waited_for_logging_seconds);
  json["seed"] = record.seed;
  json["threads"] = record.threads;
  json["mean_threads"] = number(std::round(100 * record.mean_threads) / 100);
  json["lanes"] = record.lanes;
  json["block_rows"] = record.block_rows;
  json["kernels"] = record.kernels;
  json["plan_digest"] = record.plan_digest;
  if (!record.weights_digest.empty()) json["weights_digest"] = record.weights_digest;
  json["final"] = nlohmann::ordered_json::object();
  for (const auto& [tag, value] : record.final_values) json["final"][tag] = number(value);
  json["failures"] = record.failures;
  json["assay"] = {{"version", record.version}, {"sdk", record.sdk}};
  json["plugins"] = nlohmann::ordered_json::array();
  for (const RunRecord::Plugin& plugin : record.plugins)
    json["plugins"].push_back({{"name", plugin.name},
                               {"version", plugin.version},
                               {"file", plugin.file},
                               {"digest", plugin.digest}});
  json["host"] = host();
  if (record.git) json["git"] = {{"commit", record.git->commit}, {"dirty", record.git->dirty}};
  // A path or a reason may contain bytes that are not UTF-8.
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

// Returns the part of the record that must be written even if there is hardly any room.
RunRecord shortened(RunRecord record) {
  constexpr std::size_t most_failures = 2;
  record.final_values.clear();
  record.plugins.clear();
  record.overrides.clear();
  if (record.failures.size() > most_failures) {
    const std::size_t more = record.failures.size() - most_failures;
    record.failures.resize(most_failures);
    record.failures.push_back(fmt::format("and {} more", more));
  }
  return record;
}

}  // namespace

bool RecordFile::write(const RunRecord& record, base::Sync sync) {
  // Room for values of tags and for failures that come later.
  constexpr std::size_t growth = 1024;
  const std::lock_guard lock(mutex_);
  const bool running = record.state == "running";
  if (running && ended_) return true;
  ended_ = !running;
  try {
    file_.replace(text_of(record, false), growth, sync);
    return true;
  } catch (const Error&) {
    if (running) throw;
    file_.replace(text_of(shortened(record), true), 0, sync);
    return false;
  }
}

}  // namespace assay::run_folder
